import type { Clock, SeededRandom } from '@daybreak/kernel';
import { createHmac, createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import type { Agent } from 'undici';
import type { Timeline } from '../clockwork/timeline.js';
import type { LedgerSink } from '../platform/ledger-entry.js';
import type { LiveSettings } from '../settings/settings.js';
import { Backlog } from './backlog.js';
import { bodyOf, type Destination, type WebhookUpdate } from './webhook-update.js';

interface Batch {
  readonly postId: string;
  readonly updates: readonly WebhookUpdate[];
  readonly firstTriedAtMs: number;
  tries: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Wait before each further try, of the simulated clock; the last one repeats until the retrying is over. */
const BACK_OFF_MS = [
  SECOND_MS,
  10 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
];

export interface EndpointDeps {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly ledger: LedgerSink;
  readonly agent: Agent;
  readonly random: SeededRandom;
  readonly settings: () => LiveSettings['webhooks'];
}

/** One callback URL of one app: gathers updates into POSTs, keeps some under way at a time, tries again what was not answered 200. */
export class WebhookEndpoint {
  private readonly waiting = new Backlog<WebhookUpdate>();
  private readonly secret: KeyObject;
  private readonly target: { readonly origin: string; readonly path: string };
  private posting = 0;
  private lingering = false;
  private retrying = 0;

  constructor(
    private readonly destination: Destination,
    private readonly deps: EndpointDeps,
  ) {
    const { origin, pathname, search } = new URL(destination.url);
    this.target = { origin, path: pathname + search };
    this.secret = createSecretKey(Buffer.from(destination.appSecret, 'utf8'));
  }

  push(update: WebhookUpdate): void {
    this.waiting.push(update);
    const { batchMax, lingerMs } = this.deps.settings();
    if (this.waiting.size >= batchMax || lingerMs === 0) return this.dispatch();
    if (this.lingering) return;
    this.lingering = true;
    this.deps.timeline.at(this.deps.clock.nowMs() + lingerMs, () => {
      this.lingering = false;
      this.dispatch();
    });
  }

  /** POSTs whose answer is awaited now. */
  get underWay(): number {
    return this.posting;
  }

  /** Updates that no answer settled yet. */
  get backlog(): number {
    return this.waiting.size + this.posting + this.retrying;
  }

  private dispatch(): void {
    const { batchMax, concurrency } = this.deps.settings();
    while (this.waiting.size > 0 && this.posting < concurrency) {
      void this.post({ postId: randomUUID(), updates: this.waiting.take(batchMax), firstTriedAtMs: this.deps.clock.nowMs(), tries: 0 });
    }
  }

  /** Never rejects: an answer that does not come is an answer. */
  private async post(batch: Batch): Promise<void> {
    this.posting += 1;
    batch.tries += 1;
    const startedAt = performance.now();
    const answer = await this.exchange(bodyOf(batch.updates));
    this.posting -= 1;
    this.settle(batch, answer, Math.round(performance.now() - startedAt));
    this.dispatch();
  }

  private async exchange(body: string): Promise<number | null> {
    const timeout = this.deps.settings().answerTimeoutMs;
    try {
      const response = await this.deps.agent.request({
        ...this.target,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          'x-hub-signature': `sha1=${this.signature('sha1', body)}`, // the older one, which Meta still sends
          'x-hub-signature-256': `sha256=${this.signature('sha256', body)}`,
        },
        body,
        headersTimeout: timeout,
        bodyTimeout: timeout,
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return null; // no connection, reset or too late: to the platform all the same
    }
  }

  private signature(algorithm: 'sha1' | 'sha256', body: string): string {
    return createHmac(algorithm, this.secret).update(body).digest('hex');
  }

  private settle(batch: Batch, answer: number | null, tookMs: number): void {
    const { clock, timeline, settings, random } = this.deps;
    const delivered = answer === 200;
    const wait = (BACK_OFF_MS[Math.min(batch.tries, BACK_OFF_MS.length) - 1] as number) * (1 + random.next() / 4);
    const gaveUp = !delivered && clock.nowMs() + wait > batch.firstTriedAtMs + settings().retryForMs;
    for (const update of batch.updates) {
      this.record(update, {
        post_id: batch.postId,
        attempt: batch.tries,
        answer,
        took_ms: tookMs,
        app_id: this.destination.appId,
        ...(gaveUp ? { gave_up: true } : {}),
      });
      update.onPosted?.(delivered ? 'DELIVERED' : gaveUp ? 'FAILED' : 'RETRYING');
    }
    if (delivered || gaveUp) return;
    this.retrying += batch.updates.length;
    timeline.at(clock.nowMs() + wait, () => {
      this.retrying -= batch.updates.length;
      void this.post(batch);
    });
  }

  private record(update: WebhookUpdate, attempt: Record<string, string | number | boolean | null>): void {
    this.deps.ledger.write({
      kind: 'webhook',
      field: update.field,
      waba_id: update.wabaId,
      phone_number_id: update.number?.id,
      ...update.about,
      stamped: Math.floor(update.atMs / SECOND_MS),
      ...attempt,
    });
  }
}
