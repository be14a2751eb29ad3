import { parseWebhook } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { newEventId, type Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { DeskSlip } from '../consent/desk-slip.js';
import { RecordSlips } from '../consent/record-slips.js';
import { Evidence } from '../people/evidence.js';
import { recipients, type RecipientUpsert } from '../store/recipient.repository.js';
import { SplitWebhooks, type SplitWebhook } from './split-webhook.js';

const ROUNDS = 10;
const PEOPLE = 40;
/** Of every round: what is run for each STOP by itself needs about a thousand runs until it is quick, what is run for a batch fewer. */
const READINGS = 3;
/** A start waits no longer for it, real ms: where everything starts at once it is time for two rounds, and the others follow. */
const PATIENCE_MS = 2_000;
/** No country has the code 999: these are nobody's numbers. */
const FIRST_WA_ID = 999_000_000_000;

/** Ends a rehearsal's transaction: nothing of it stays. */
class RolledBack extends Error {}

/**
 * Does what a storm of STOPs does, from the body to the event, for people there are not, and rolls it back: code that was never run is slow, and
 * the first STOPs after a start may be a thousand in one second.
 */
@Injectable()
export class RehearseStops {
  private left = ROUNDS;

  constructor(
    private readonly database: Database,
    private readonly splitter: SplitWebhooks,
    private readonly slips: RecordSlips,
    private readonly evidence: Evidence,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What a start has time for. Never throws: without Postgres there is nothing to rehearse with, and webhooks go to Kafka. */
  async begin(): Promise<void> {
    const startedAt = performance.now();
    try {
      while (this.left > 0 && performance.now() - startedAt < PATIENCE_MS) await this.once();
    } catch (error) {
      this.logger.warn({ err: error }, 'consent could not be rehearsed yet; until it is, the first STOPs take longer');
    }
  }

  /** Called every second: one of the rounds for which the start had no time. */
  async round(): Promise<void> {
    if (this.left > 0) await this.once();
  }

  private async once(): Promise<void> {
    const nowMs = Math.floor(this.clock.nowMs());
    const [webhooks = []] = Array.from({ length: READINGS }, () => this.read(nowMs));
    await this.database
      .transaction(async (tx) => {
        const slips = webhooks.flatMap((webhook) => webhook.slips);
        await recipients.upsert(tx, slips.flatMap((slip) => this.recipientOf(slip, nowMs))); // prettier-ignore
        await this.slips.record(tx, slips, 'as a writer');
        throw new RolledBack();
      })
      .catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    this.left -= 1;
  }

  private read(nowMs: number): SplitWebhook[] {
    const webhooks = Array.from({ length: PEOPLE }, (_, n) => this.splitter.split(parseWebhook(stopOf(String(FIRST_WA_ID + n), nowMs))));
    for (const { inbound } of webhooks) for (const part of inbound) this.splitter.received(part, 'rehearsal');
    return webhooks;
  }

  /** Any bytes for an address will do: there have to be some, so that confirmations are rehearsed too. */
  private recipientOf(slip: DeskSlip, nowMs: number): RecipientUpsert[] {
    if (slip.kind !== 'signal') return [];
    const { addressKey } = slip.who;
    const recipientId = `rehearsal-${addressKey}`;
    const sealedEvidenceKey = this.evidence.newKeyFor(recipientId);
    const sealedAddress = sealedEvidenceKey;
    return [{ recipientId, tenantId: '', language: 'en', addressKey, sealedAddress, userId: null, sealedEvidenceKey, updatedAtMs: nowMs }];
  }
}

/** The bytes of a webhook in which somebody writes STOP. */
function stopOf(from: string, nowMs: number): Uint8Array {
  const message = {
    from,
    id: `wamid.${newEventId()}`,
    timestamp: String(Math.floor(nowMs / 1_000)),
    type: 'text',
    text: { body: 'STOP' },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: from, phone_number_id: from },
    contacts: [{ profile: { name: '' }, wa_id: from }],
    messages: [message],
  };
  const body = { object: 'whatsapp_business_account', entry: [{ id: from, changes: [{ field: 'messages', value }] }] };
  return Buffer.from(JSON.stringify(body), 'utf8');
}
