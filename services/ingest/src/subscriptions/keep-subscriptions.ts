import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CloudApiClient } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import { AuditRecordedSchema, ReadinessObservedSchema, ReadinessState, topics } from '@daybreak/contracts';
import { EventPublisher } from '@daybreak/event-bus';
import { newEventId, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { WabaRepository } from '../store/waba.repository.js';

/** A fact older than this is worth nothing to the readiness gate: three checks missed. */
const STALE_AFTER_CHECKS = 3;

type Outcome = 'subscribed' | 'resubscribed' | 'unreadable';

const SEEN: Readonly<Record<Outcome, { readonly state: ReadinessState; readonly detail: string; readonly gauge: number }>> = {
  subscribed: { state: ReadinessState.OK, detail: 'webhooks reach us', gauge: 1 },
  resubscribed: { state: ReadinessState.OK, detail: 'was not subscribed; subscribed again', gauge: 1 },
  unreadable: { state: ReadinessState.UNKNOWN, detail: 'the subscription could not be read', gauge: -1 },
};

/**
 * Makes sure that every WABA sends its webhooks to our app. A WABA that was silently unsubscribed delivers messages as before and never
 * says so: without this the loss is found when the SLA is judged.
 */
@Injectable()
export class KeepSubscriptions {
  constructor(
    private readonly cloudApi: CloudApiClient,
    private readonly wabas: WabaRepository,
    private readonly publisher: EventPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'CLOUD_API_APP_ID' | 'SUBSCRIPTION_CHECK_MS'>,
  ) {}

  /** All of them; one that fails does not keep the others from being checked. */
  async all(): Promise<void> {
    for (const { wabaId } of await this.wabas.all()) await this.one(wabaId);
  }

  async one(wabaId: string): Promise<void> {
    const outcome = await this.check(wabaId);
    const seen = SEEN[outcome];
    metrics.webhookSubscription.set({ waba_id: wabaId }, seen.gauge);
    const nowMs = Math.floor(this.clock.nowMs());
    await this.wabas.checked(wabaId, outcome === 'unreadable' ? null : true, new Date(nowMs));
    await this.publisher.publish(topics.readinessObserved, [
      create(ReadinessObservedSchema, {
        checkId: `webhook-subscription/${wabaId}`,
        state: seen.state,
        detail: `WABA ${wabaId}: ${seen.detail}`,
        observedAt: timestampFromMs(nowMs),
        staleAt: timestampFromMs(nowMs + STALE_AFTER_CHECKS * this.config.SUBSCRIPTION_CHECK_MS * this.clock.speed),
      }),
    ]);
    if (outcome === 'resubscribed') await this.audit(wabaId, nowMs);
  }

  private async check(wabaId: string): Promise<Outcome> {
    try {
      const apps = await this.cloudApi.getSubscribedApps(wabaId);
      if (apps.some((app) => app.whatsapp_business_api_data?.id === this.config.CLOUD_API_APP_ID)) return 'subscribed';
      await this.cloudApi.subscribe(wabaId);
      this.logger.warn({ waba_id: wabaId }, 'the WABA did not send its webhooks to us; subscribed again');
      return 'resubscribed';
    } catch (error) {
      this.logger.warn({ err: error, waba_id: wabaId }, 'the webhook subscription could not be read');
      return 'unreadable';
    }
  }

  private audit(wabaId: string, nowMs: number): Promise<void> {
    return this.publisher.publish(topics.auditRecorded, [
      create(AuditRecordedSchema, {
        auditId: newEventId(),
        actor: 'service:ingest',
        action: 'waba.resubscribed',
        object: `waba/${wabaId}`,
        recordedAt: timestampFromMs(nowMs),
      }),
    ]);
  }
}
