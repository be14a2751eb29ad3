import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK, CONFIG } from '@daybreak/config';
import {
  AlertRaisedSchema,
  AlertSeverity,
  AuditRecordedSchema,
  ReadinessObservedSchema,
  ReadinessState,
  topics,
} from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { newEventId, type Clock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { goesElsewhere, type WabaStanding } from '../store/waba.repository.js';
import { stateOf, type Finding } from './subscription.js';

/** A fact older than this is worth nothing to the readiness gate: three checks missed. */
const STALE_AFTER_CHECKS = 3;

export const ALERT_NAME = 'DaybreakWebhooksElsewhere';

const SEEN = {
  subscribed: { state: ReadinessState.OK, detail: 'webhooks reach us', gauge: 1 },
  elsewhere: { state: ReadinessState.FAILED, detail: 'webhooks go to another address', gauge: 0 },
  unreadable: { state: ReadinessState.UNKNOWN, detail: 'the subscription could not be read', gauge: -1 },
  unchecked: { state: ReadinessState.UNKNOWN, detail: 'not checked yet', gauge: -1 },
} as const;

function summaryOf(wabaId: string, now: WabaStanding): string {
  if (now.elsewhere) return `Meta sends the webhooks of WABA ${wabaId} to an address that is not ours.`;
  if (goesElsewhere(now))
    return `Meta sends the webhooks of ${now.numbersElsewhere.join(', ')} of WABA ${wabaId}, by an override of the number, to an address that is not ours.`;
  return `Meta sends the webhooks of WABA ${wabaId} to us again.`;
}

/** Who hears what a check found: metrics, the readiness gate, the audit log, whoever is on call. */
@Injectable()
export class TellSubscriptions {
  constructor(
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'SUBSCRIPTION_CHECK_MS'>,
  ) {}

  measured(finding: Finding): void {
    metrics.webhookSubscription.set({ waba_id: finding.wabaId }, SEEN[stateOf(finding)].gauge);
    if (finding.resubscribed) metrics.webhookResubscribed.inc({ waba_id: finding.wabaId });
  }

  async found(tx: Sql, finding: Finding): Promise<void> {
    const { wabaId } = finding;
    const seen = SEEN[stateOf(finding)];
    const nowMs = this.nowMs();
    await this.outbox.add(tx, topics.readinessObserved, [
      create(ReadinessObservedSchema, {
        checkId: `webhook-subscription/${wabaId}`,
        state: seen.state,
        detail: `WABA ${wabaId}: ${seen.detail}${finding.resubscribed ? '; was subscribed again' : ''}`,
        observedAt: timestampFromMs(nowMs),
        staleAt: timestampFromMs(nowMs + STALE_AFTER_CHECKS * this.config.SUBSCRIPTION_CHECK_MS * this.clock.speed),
      }),
    ]);
  }

  /** Only when it changes. */
  async elsewhere(tx: Sql, wabaId: string, now: WabaStanding): Promise<void> {
    await this.outbox.add(tx, topics.alertRaised, [
      create(AlertRaisedSchema, {
        alertName: ALERT_NAME,
        severity: AlertSeverity.PAGE,
        summary: summaryOf(wabaId, now),
        labels: { service: 'ingest', waba_id: wabaId },
        runbook: `docs/runbooks/${ALERT_NAME}.md`,
        raisedAt: timestampFromMs(this.nowMs()),
        resolved: !goesElsewhere(now),
      }),
    ]);
  }

  /** @param actor who had it subscribed again */
  async resubscribed(tx: Sql, wabaId: string, actor: string): Promise<void> {
    await this.outbox.add(tx, topics.auditRecorded, [
      create(AuditRecordedSchema, {
        auditId: newEventId(),
        actor,
        action: 'waba.resubscribed',
        object: `waba/${wabaId}`,
        recordedAt: timestampFromMs(this.nowMs()),
      }),
    ]);
  }

  private nowMs(): number {
    return Math.floor(this.clock.nowMs()); // protobuf's instants take no fractions
  }
}
