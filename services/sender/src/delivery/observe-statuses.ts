import { metrics } from '@daybreak/observability';
import { Injectable } from '@nestjs/common';
import { KnownStates } from '../states/known-states.js';
import { ReplyRepository } from '../store/reply.repository.js';
import { StatesRepository } from '../store/states.repository.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { proven } from './delivery-machine.js';
import { LateFailures } from './late-failures.js';

/** Meta spoke of one of our POSTs, which proves that it was accepted. */
export interface Proof {
  readonly kind: 'delivery' | 'reply';
  readonly runId: string;
  readonly deliveryId: string;
  readonly attempt: number;
  readonly wamidHash: string;
  /** When ingest saw it, epoch ms. */
  readonly observedAtMs: number;
  /** Meta's code of a message that failed after it was accepted; 0 otherwise. */
  readonly errorCode: number;
}

/** How exactly it is remembered how far the webhooks have come. Clock ms. */
const GRAIN_MS = 1_000;

/** `<tenant>-<yyyymmdd>-<window>` */
const DATE_IN_RUN_ID = /-(\d{4})(\d{2})(\d{2})-[^-]+$/;

/** Webhooks as evidence: settles what is ambiguous, and keeps from being sent again what was given up. What became of the message afterwards is the sla-tracker's business. */
@Injectable()
export class ObserveStatuses {
  private rememberedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ledger: DeliveryLedger,
    private readonly replies: ReplyRepository,
    private readonly states: KnownStates,
    private readonly statesStore: StatesRepository,
    private readonly lateFailures: LateFailures,
  ) {}

  async all(proofs: readonly Proof[]): Promise<void> {
    const replies = proofs.filter((proof) => proof.kind === 'reply').map((proof) => proof.deliveryId);
    if (replies.length > 0) await this.replies.proven(replies);
    const ofDeliveries = proofs.filter((proof) => proof.kind === 'delivery');
    for (const [runDate, ofDate] of Map.groupBy(ofDeliveries, ({ runId }) => runDateOf(runId))) {
      if (runDate === undefined) continue;
      await this.deliveries(runDate, ofDate);
      await this.lateFailures.blame(runDate, ofDate);
    }
    await this.remember(proofs);
  }

  /** After the proofs themselves: whoever sees this mark may rely on everything up to it. */
  private async remember(proofs: readonly Proof[]): Promise<void> {
    const untilMs = proofs.reduce((latest, proof) => Math.max(latest, proof.observedAtMs), Number.NEGATIVE_INFINITY);
    if (untilMs <= this.rememberedMs + GRAIN_MS) return;
    await this.statesStore.recordEvidence(untilMs);
    this.rememberedMs = untilMs;
  }

  private async deliveries(runDate: string, proofs: readonly Proof[]): Promise<void> {
    const byDelivery = Map.groupBy(proofs, ({ deliveryId }) => deliveryId);
    const changes = await this.ledger.change({
      runDate,
      rows: { proofs },
      closesAtOf: this.states.closesAtOf,
      decide: (record) => {
        let next = record;
        for (const { attempt, wamidHash } of byDelivery.get(record.deliveryId) ?? []) next = proven(next, attempt, wamidHash) ?? next;
        return next === record ? undefined : { next, evidence: 'webhook' };
      },
    });
    const resolved = changes.filter(({ before, next }) => before.state === 'AMBIGUOUS' && next.state === 'ACCEPTED');
    metrics.ambiguousResolved.inc({ by: 'webhook' }, resolved.length);
  }
}

/** Undefined for a reference of a run that was not named by us. */
function runDateOf(runId: string): string | undefined {
  const [, year, month, day] = DATE_IN_RUN_ID.exec(runId) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}
