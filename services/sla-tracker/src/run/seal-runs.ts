import { CLOCK, CONFIG } from '@daybreak/config';
import { canonicalJson, sha256Hex, type Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { SlaTrackerConfig } from '../sla-tracker.config.js';
import type { AuditRepository } from '../store/audit.repository.js';
import { describeReport } from './describe-report.js';
import { figuresOf } from './figures.js';
import type { Run } from './run.js';
import { reportOf } from './run-report.js';
import type { Seal, SealKind } from './seal.js';
import { SealStores } from './seal-stores.js';

const TICK_MS = 250;

/**
 * Writes a run's figures down for good when their time has come. Every replica ticks; the one that holds the run's row acts,
 * and the second finds the seal there.
 */
@Injectable()
export class SealRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;
  /** When this process first found a run due, on `performance.now()`. */
  private readonly waitingSince = new Map<string, number>();

  constructor(
    private readonly stores: SealStores,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<SlaTrackerConfig, 'SEAL_PATIENCE_MS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.repeating = new Repeating('seals', TICK_MS, () => this.tick(), logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  async tick(): Promise<void> {
    const nowMs = this.clock.nowMs();
    for (const run of await this.stores.runs.unsealed()) {
      if (nowMs >= run.window.liveSealAt) await this.seal(run, 'live');
      if (nowMs >= run.window.finalSealAt) await this.seal(run, 'final');
    }
  }

  private async seal(run: Run, kind: SealKind): Promise<void> {
    const sealed = await this.stores.database.transaction(async (tx): Promise<Seal | undefined> => {
      if (!(await this.stores.runs.lock(tx, run.runId)) || (await this.stores.seals.exists(tx, run.runId, kind))) return undefined;
      const nowMs = this.clock.nowMs();
      const figures = figuresOf(run, await this.stores.tally.groups(tx, run, nowMs), nowMs);
      if (kind === 'live' && figures.unresolved > 0 && this.isPatient(run.runId)) return undefined;
      const numbers = await this.stores.tally.numbers(tx, run);
      const report = reportOf({ run, figures, numbers, clock: this.clock, sealedAtMs: nowMs });
      const seal: Seal = { runId: run.runId, kind, sealedAtMs: nowMs, report, digest: sha256Hex(canonicalJson(report)) };
      await this.stores.seals.add(tx, seal);
      await this.stores.audit.append(tx, [auditOf(seal)]);
      return seal;
    });
    if (sealed === undefined) return;
    this.waitingSince.delete(run.runId);
    this.logger.info(describeReport(sealed.report, run));
  }

  /** An event that is on its way is no miss: the live seal waits a moment for deliveries without an end. */
  private isPatient(runId: string): boolean {
    const since = this.waitingSince.get(runId) ?? performance.now();
    this.waitingSince.set(runId, since);
    return performance.now() - since < this.config.SEAL_PATIENCE_MS;
  }
}

const auditOf = (seal: Seal): Parameters<AuditRepository['append']>[1][number] => ({
  auditId: `seal/${seal.runId}/${seal.kind}`,
  actor: 'service:sla-tracker',
  action: 'run.sealed',
  object: `run/${seal.runId}`,
  beforeDigest: '',
  afterDigest: seal.digest,
  details: { kind: seal.kind, verdict: seal.report.verdict },
  recordedAt: Math.floor(seal.sealedAtMs),
});
