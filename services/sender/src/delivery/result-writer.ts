import type { Logger } from '@daybreak/observability';
import { metrics } from '@daybreak/observability';
import type { AttemptedFact } from '../outbound/delivery-events.publisher.js';
import { rowOf, type Claim } from './claim.js';
import type { DeliveryLedger } from './delivery-ledger.js';
import { settle } from './delivery-machine.js';
import type { Settlement } from './delivery-record.js';

/** What became of one claim. `attempt` when a POST was made. */
export interface ClaimResult {
  readonly claim: Claim;
  readonly settlement: Settlement;
  readonly attempt?: AttemptedFact | undefined;
}

const MOST_AT_ONCE = 1_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

/** While one transaction waits for the disk, the next is prepared. */
const WRITES_AT_ONCE = 2;

/**
 * Writes results in micro-batches: what comes while a transaction is under way waits for company, and a second one begins only when it would be
 * full. Results are evidence: while the database is away they are kept and tried again, and nothing new is claimed.
 */
export class ResultWriter {
  private waiting: ClaimResult[] = [];
  private writing = 0;
  private timer: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly ledger: DeliveryLedger,
    private readonly logger: Logger,
    /** How long a lone result waits for company, real ms: a transaction costs as much for one as for fifty. */
    private readonly lingerMs: number,
    private readonly closesAtOf: (runId: string) => number | undefined,
    /** Told of results that are safe. */
    private readonly written: (results: readonly ClaimResult[]) => void,
  ) {}

  get pending(): number {
    return this.waiting.length;
  }

  add(result: ClaimResult): void {
    this.waiting.push(result);
    if (this.waiting.length >= MOST_AT_ONCE) this.flushSoon(0);
    else if (this.timer === undefined && this.writing === 0) this.flushSoon(this.lingerMs);
  }

  /** Resolves when everything added so far is written, or `withinMs` have passed. */
  async drain(withinMs: number): Promise<boolean> {
    const giveUpAtMs = performance.now() + withinMs;
    while ((this.waiting.length > 0 || this.writing > 0) && performance.now() < giveUpAtMs) {
      void this.flush(); // it may never end
      await new Promise((resolve) => setTimeout(resolve, Math.min(this.retryMs, giveUpAtMs - performance.now())));
    }
    return this.waiting.length === 0 && this.writing === 0;
  }

  private flushSoon(inMs: number): void {
    if (this.writing >= WRITES_AT_ONCE) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), inMs);
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing >= WRITES_AT_ONCE || this.waiting.length === 0) return;
    this.writing += 1;
    await this.writeNext();
    this.writing -= 1;
    if (this.waiting.length >= MOST_AT_ONCE) this.flushSoon(0);
    else if (this.waiting.length > 0) this.flushSoon(Math.max(this.lingerMs, this.retryMs > FIRST_RETRY_MS ? this.retryMs : 0));
  }

  private async writeNext(): Promise<void> {
    const batch = this.waiting.splice(0, MOST_AT_ONCE);
    try {
      for (const [runDate, results] of Map.groupBy(batch, ({ claim }) => claim.runDate)) await this.write(runDate, results);
      this.retryMs = FIRST_RETRY_MS;
      this.written(batch);
    } catch (error) {
      this.waiting = [...batch, ...this.waiting];
      this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
      this.logger.warn({ err: error, results: this.waiting.length }, 'results could not be written; they are kept and tried again');
    }
  }

  private async write(runDate: string, results: readonly ClaimResult[]): Promise<void> {
    const byDelivery = Map.groupBy(results, ({ claim }) => claim.deliveryId);
    await this.ledger.change({
      runDate,
      rows: { expected: [...byDelivery.values()].flatMap(([first]) => (first ? [rowOf(first.claim)] : [])) },
      attempts: results.flatMap(({ attempt }) => attempt ?? []),
      closesAtOf: this.closesAtOf,
      decide: (record) => {
        let next = record;
        for (const { claim, settlement } of byDelivery.get(record.deliveryId) ?? []) {
          next = settle(next, { ...claim, settlement }) ?? next;
        }
        if (next === record) return undefined;
        const accepted = byDelivery
          .get(record.deliveryId)
          ?.find(({ claim, settlement }) => settlement.kind === 'accepted' && claim.attempt === next.acceptedAttempt);
        if (record.state === 'AMBIGUOUS' && accepted) metrics.ambiguousResolved.inc({ by: 'response' });
        return { next, evidence: accepted ? 'response' : 'webhook', acceptedStartedAtMs: accepted?.attempt?.startedAtMs };
      },
    });
  }
}
