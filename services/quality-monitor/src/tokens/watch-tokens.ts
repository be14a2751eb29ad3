import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { isCloudApiError, type TokenFinding } from '@daybreak/cloud-api';
import type { KeepTokens } from '@daybreak/cloud-api-host';
import { AlertRaisedSchema, AlertSeverity, topics, type AlertRaised } from '@daybreak/contracts';
import type { EventPublisher } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { judgeTokens, type TokenVerdict } from './judge-tokens.js';

const TOKEN_REFUSED: readonly (number | null)[] = [0, 190];

/** What is to be said of the tokens for one WABA; `unknown`: the platform could not be asked. */
export type TokenFact = TokenVerdict | { readonly state: 'unknown'; readonly detail: string };

/** Judges the tokens for each WABA, and tells people before and when nothing can be sent with them. */
export class WatchTokens {
  private told: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly tokens: Pick<KeepTokens, 'check'>,
    private readonly publisher: Pick<EventPublisher, 'publish'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async facts(wabaIds: readonly string[]): Promise<ReadonlyMap<string, TokenFact>> {
    const facts = await this.judged(wabaIds);
    await this.publisher.publish(topics.alertRaised, this.news(facts));
    return facts;
  }

  private async judged(wabaIds: readonly string[]): Promise<ReadonlyMap<string, TokenFact>> {
    try {
      const findings: readonly TokenFinding[] = await this.tokens.check();
      const nowMs = this.clock.nowMs();
      return new Map(wabaIds.map((wabaId) => [wabaId, judgeTokens(findings, wabaId, nowMs)]));
    } catch (error) {
      this.logger.warn({ err: error }, 'the tokens could not be checked');
      const isRefused = isCloudApiError(error) && TOKEN_REFUSED.includes(error.code);
      const fact: TokenFact = isRefused
        ? { state: 'failed', detail: 'every token is refused by the platform' }
        : { state: 'unknown', detail: 'the tokens could not be checked' };
      return new Map(wabaIds.map((wabaId) => [wabaId, fact]));
    }
  }

  /** What is wrong since the last time, or in another way: nobody is told the same every few minutes. */
  private news(facts: ReadonlyMap<string, TokenFact>): AlertRaised[] {
    const wrong = [...facts].filter(([, { state }]) => state === 'degraded' || state === 'failed');
    const news = wrong.filter(([wabaId, { detail }]) => this.told.get(wabaId) !== detail);
    // What is unknown now is what it was, until somebody knows better.
    const unknown = [...facts].flatMap(([wabaId, { state }]) =>
      state === 'unknown' ? ([[wabaId, this.told.get(wabaId) ?? '']] as const) : [],
    );
    this.told = new Map([...unknown, ...wrong.map(([wabaId, { detail }]) => [wabaId, detail] as const)]);
    return news.map(([wabaId, fact]) => this.toAlert(wabaId, fact));
  }

  private toAlert(wabaId: string, { state, detail }: TokenFact): AlertRaised {
    return create(AlertRaisedSchema, {
      alertName: 'DaybreakAccessTokenUnfit',
      severity: state === 'failed' ? AlertSeverity.PAGE : AlertSeverity.WARNING,
      summary: `WABA ${wabaId}: ${detail}`,
      labels: { waba_id: wabaId },
      runbook: 'docs/runbooks/DaybreakAccessTokenUnfit.md',
      raisedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
    });
  }
}
