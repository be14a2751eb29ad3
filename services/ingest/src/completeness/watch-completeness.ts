import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { AlertRaisedSchema, AlertSeverity, topics } from '@daybreak/contracts';
import { Database, type Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { completeness } from '../store/completeness.repository.js';
import { KeepSubscriptions } from '../subscriptions/keep-subscriptions.js';
import { StatusTally } from './status-tally.js';

/** From the start of a minute, clock time. A first status normally comes within seconds; what is missing two minutes after its end will not come soon. */
const SETTLED_AFTER_MS = 180_000;
const WINDOW_MS = 300_000;
/** Below this many messages a share says nothing. */
const FEWEST = 20;
const TOLERATED_SHARE = 0.9;

export const ALERT_NAME = 'DaybreakWebhooksMissing';

/**
 * Messages that were accepted against first statuses that came: the only way to notice a WABA whose webhooks go elsewhere ("shadow
 * delivery") while its messages arrive. All replicas add to the same minutes; whichever finds the change of state tells it.
 */
@Injectable()
export class WatchCompleteness {
  constructor(
    private readonly tally: StatusTally,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly subscriptions: KeepSubscriptions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Writes what was counted, judges the last full window, and tells of which WABAs webhooks begin or cease to be missing. */
  async round(): Promise<void> {
    const counted = this.tally.take();
    const began = await this.database
      .transaction(async (tx) => {
        await completeness.add(tx, counted);
        return this.judge(tx);
      })
      .catch((error: unknown) => {
        for (const minute of counted) this.tally.add(minute);
        throw error;
      });
    // The likeliest cause can be mended at once: what is sent from now on is heard of again.
    for (const wabaId of began) await this.subscriptions.one(wabaId);
  }

  /** Returns the WABAs whose webhooks are missing from now on. */
  private async judge(tx: Sql): Promise<string[]> {
    const untilMs = Math.floor(this.clock.nowMs()) - SETTLED_AFTER_MS;
    const began: string[] = [];
    for (const { wabaId, expected, seen } of await completeness.sums(tx, untilMs - WINDOW_MS, untilMs)) {
      if (expected < FEWEST) continue;
      const share = Math.min(1, seen / expected);
      metrics.webhookCompleteness.set({ waba_id: wabaId }, share);
      const missing = share < TOLERATED_SHARE;
      if (!(await completeness.becomes(tx, wabaId, missing))) continue;
      await this.tell(tx, wabaId, { missing, expected, seen });
      if (missing) began.push(wabaId);
    }
    return began;
  }

  private async tell(
    tx: Sql,
    wabaId: string,
    { missing, expected, seen }: { readonly missing: boolean; readonly expected: number; readonly seen: number },
  ): Promise<void> {
    const summary = missing
      ? `Of ${expected} messages of WABA ${wabaId} that were accepted, only ${seen} have a first status: webhooks go elsewhere or nowhere.`
      : `First statuses of WABA ${wabaId} come again: ${seen} for ${expected} messages.`;
    this.logger[missing ? 'error' : 'info']({ waba_id: wabaId, expected, seen }, summary);
    await this.outbox.add(tx, topics.alertRaised, [
      create(AlertRaisedSchema, {
        alertName: ALERT_NAME,
        severity: AlertSeverity.PAGE,
        summary,
        labels: { service: 'ingest', waba_id: wabaId },
        runbook: `docs/runbooks/${ALERT_NAME}.md`,
        raisedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
        resolved: !missing,
      }),
    ]);
  }
}
