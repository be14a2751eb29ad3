import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AlertRaisedSchema, AlertSeverity, topics, type AlertRaised } from '@daybreak/contracts';
import { Database } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { canonicalJson, type Clock } from '@daybreak/kernel';
import { metrics, type Logger } from '@daybreak/observability';
import type { TemplateStateRepository } from '../store/template-state.repository.js';
import type { TemplateRepository } from '../store/template.repository.js';
import type { WabaRepository } from '../store/waba.repository.js';
import type { Families } from '../families/prepared-template.js';
import { foldFamilies, type LanguageVerdict, type VersionState } from './fold-families.js';
import { toReadiness, toTemplateState } from './states.mapper.js';

export interface PublishParts {
  readonly database: Database;
  readonly templates: TemplateRepository;
  readonly states: TemplateStateRepository;
  readonly wabas: WabaRepository;
  readonly outbox: Outbox;
  readonly families: Families;
  readonly clock: Clock;
  readonly logger: Logger;
}

const hasFailed = (verdict: LanguageVerdict): boolean => verdict.state === 'failed';

const nameOf = ({ family, language }: LanguageVerdict): string => `${family}/${language}`;

const keyOf = ({ family, language, version }: VersionState): string => `${family}/${language}/${version}`;

/** Folds what is known into one state per version and publishes those that changed, with the verdict of each language beside them. */
export class PublishStates {
  private failed: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly parts: PublishParts,
    /** Real ms after which a verdict that nobody repeated is worth nothing. */
    private readonly verdictLivesMs: number,
  ) {}

  async changed(): Promise<void> {
    const { database, templates, states, wabas, outbox, families, clock } = this.parts;
    const nowMs = Math.floor(clock.nowMs());
    const wabaIds = await wabas.ids();
    const expected = (await wabas.areAllListed()) ? families.languages : [];
    const verdicts = await database.transaction(async (tx) => {
      const published = await states.lockAll(tx);
      const current = new Map(
        published.filter((p) => p.state.role === 'active').map((p) => [`${p.state.family}/${p.state.language}`, p.state.version]),
      );
      const { states: folded, verdicts } = foldFamilies(await templates.all(tx), wabaIds, current, expected);
      const before = new Map(published.map((p) => [keyOf(p.state), p]));
      for (const state of folded) {
        const last = before.get(keyOf(state));
        before.delete(keyOf(state));
        if (last !== undefined && canonicalJson(last.state) === canonicalJson(state)) continue;
        const version = (last?.version ?? 0) + 1;
        await states.save(tx, state, version, new Date(nowMs));
        await outbox.add(tx, topics.templateState, [toTemplateState(state, version, nowMs)]);
        this.tell(state, last?.state);
      }
      for (const { state } of before.values()) await states.forget(tx, state);
      await outbox.tombstone(tx, topics.templateState, [...before.keys()]);
      const staleAtMs = Math.floor(nowMs + this.verdictLivesMs * clock.speed);
      await outbox.add(tx, topics.readinessObserved, verdicts.map((verdict) => toReadiness(verdict, nowMs, staleAtMs))); // prettier-ignore
      await outbox.add(tx, topics.alertRaised, this.news(verdicts).map((verdict) => toAlert(verdict, nowMs))); // prettier-ignore
      return verdicts;
    });
    this.failed = new Map(verdicts.filter(hasFailed).map((verdict) => [nameOf(verdict), verdict.detail]));
  }

  /** What failed since the last time, or for another reason: a page is not repeated with every listing. */
  private news(verdicts: readonly LanguageVerdict[]): LanguageVerdict[] {
    return verdicts.filter((verdict) => hasFailed(verdict) && this.failed.get(nameOf(verdict)) !== verdict.detail);
  }

  private tell(state: VersionState, last: VersionState | undefined): void {
    const labels = { family: state.family, language: state.language, version: state.version };
    for (const { status } of last?.wabas ?? []) metrics.templateStatus.set({ ...labels, status }, 0);
    for (const { status } of state.wabas) metrics.templateStatus.set({ ...labels, status }, 1);
    this.parts.logger.info({ ...labels, role: state.role, reason: state.reason }, 'the state of a template changed');
  }
}

const toAlert = ({ family, language, detail }: LanguageVerdict, nowMs: number): AlertRaised =>
  create(AlertRaisedSchema, {
    alertName: 'DaybreakTemplateNotSendable',
    severity: AlertSeverity.PAGE,
    summary: `${family} cannot be sent in ${language}: ${detail}`,
    labels: { family, language },
    runbook: 'docs/runbooks/DaybreakTemplateNotSendable.md',
    raisedAt: timestampFromMs(nowMs),
  });
