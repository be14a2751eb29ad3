import { seededRandom, type Clock, type SeededRandom } from '@daybreak/kernel';
import { Agent } from 'undici';
import { drawLag } from '../clockwork/lag.js';
import type { Timeline } from '../clockwork/timeline.js';
import type { LedgerSink } from '../platform/ledger-entry.js';
import type { LiveSettings } from '../settings/settings.js';
import { WebhookEndpoint, type EndpointDeps } from './webhook-endpoint.js';
import type { Destination, WebhookUpdate } from './webhook-update.js';

/** Tells subscribed apps what happened: after a while, perhaps twice, perhaps out of order, perhaps never. */
export class WebhookPublisher {
  private readonly endpoints = new Map<string, WebhookEndpoint>();
  private readonly agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, pipelining: 1 });
  private readonly deps: EndpointDeps;

  /** @param destinationsOf the callbacks of all apps that want an update, at the time it is posted */
  constructor(
    private readonly destinationsOf: (update: WebhookUpdate) => readonly Destination[],
    clock: Clock,
    private readonly timeline: Timeline,
    private readonly ledger: LedgerSink,
    private readonly settings: () => LiveSettings['webhooks'],
  ) {
    this.deps = { clock, timeline, ledger, agent: this.agent, settings, random: seededRandom('webhook-retries') };
  }

  /** @param random the stream of whatever the update is about: the same morning has the same lags */
  publish(update: WebhookUpdate, random: SeededRandom): void {
    const { lag, lossShare, duplicateShare, duplicateTimes, reorderShare, reorderByMs } = this.settings();
    const postAtMs = update.atMs + drawLag(lag, random);
    const lost = random.chance(lossShare);
    const late = random.chance(reorderShare) ? random.next() * reorderByMs : 0;
    const copies = random.chance(duplicateShare) ? duplicateTimes : 0;
    if (lost) return this.recordLoss(update);
    this.timeline.at(postAtMs + late, () => this.post(update));
    for (let copy = 1; copy <= copies; copy += 1) this.timeline.at(postAtMs + late + drawLag(lag, random), () => this.post(update));
  }

  get backlog(): number {
    return [...this.endpoints.values()].reduce((sum, endpoint) => sum + endpoint.backlog, 0);
  }

  /** POSTs whose answer is awaited now. */
  get underWay(): number {
    return [...this.endpoints.values()].reduce((sum, endpoint) => sum + endpoint.underWay, 0);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private post(update: WebhookUpdate): void {
    for (const destination of this.destinationsOf(update)) this.endpointOf(destination).push(update);
  }

  private endpointOf(destination: Destination): WebhookEndpoint {
    const key = `${destination.appId} ${destination.url}`;
    let endpoint = this.endpoints.get(key);
    if (endpoint === undefined) {
      endpoint = new WebhookEndpoint(destination, this.deps);
      this.endpoints.set(key, endpoint);
    }
    return endpoint;
  }

  private recordLoss(update: WebhookUpdate): void {
    this.ledger.write({
      kind: 'webhook',
      field: update.field,
      waba_id: update.wabaId,
      phone_number_id: update.number?.id,
      ...update.about,
      stamped: Math.floor(update.atMs / 1_000),
      answer: null,
      lost: true,
    });
  }
}
