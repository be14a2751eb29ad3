import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { ReplyRequestedSchema, type ReplyRequested } from '@daybreak/contracts';
import { Database, Inbox } from '@daybreak/database';
import { uuidV5, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ConsentPublisher } from '../outbound/consent.publisher.js';
import { lastPacks, type LastPack } from '../store/last-pack.repository.js';
import { recipients, type Recipient } from '../store/recipient.repository.js';

/** Meta lets us answer freely for 24 h after a person wrote or tapped. */
const SERVICE_WINDOW_MS = 24 * 3_600_000;

/** Somebody tapped for the rest of their pack. */
export interface Tap {
  readonly recipientId: string;
  readonly phoneNumberId: string;
  readonly wamidHash: string;
  readonly sentAtMs: number;
}

/** The rest of a pack for whoever taps for it, once per tap, from the number whose message was tapped. */
@Injectable()
export class AnswerTaps {
  constructor(
    private readonly database: Database,
    private readonly publisher: ConsentPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What was planned for each recipient: the pack they may tap for. */
  async remember(packs: readonly LastPack[]): Promise<void> {
    const newest = new Map(packs.toSorted((a, b) => a.dueAtMs - b.dueAtMs).map((pack) => [pack.recipientId, pack]));
    await lastPacks.remember(this.database, [...newest.values()]);
  }

  async all(taps: readonly Tap[]): Promise<void> {
    if (taps.length === 0) return;
    await this.database.transaction(async (tx) => {
      const fresh = await Inbox.fresh(
        tx,
        'pack-on-tap',
        taps.map((tap) => tap.wamidHash),
      );
      const ids = taps.map((tap) => tap.recipientId);
      const [known, packs] = [await recipients.byId(tx, ids), await lastPacks.of(tx, ids)];
      const replies = taps
        .filter((tap) => fresh.has(tap.wamidHash))
        .flatMap((tap) => this.replyTo(tap, known.get(tap.recipientId), packs.get(tap.recipientId)) ?? []);
      await this.publisher.replies(tx, replies);
    });
  }

  private replyTo(
    tap: Tap,
    recipient: Recipient | undefined,
    pack: { contentPackId: string; deliveryId: string } | undefined,
  ): ReplyRequested | undefined {
    const sealedAddress = recipient?.sealedAddress ?? null;
    if (recipient === undefined || sealedAddress === null || pack === undefined || tap.phoneNumberId === '') return undefined;
    return create(ReplyRequestedSchema, {
      replyId: uuidV5(`reply/${tap.wamidHash}`),
      phoneNumberId: tap.phoneNumberId,
      recipientId: tap.recipientId,
      sealedAddress,
      content: { case: 'packParts', value: pack },
      language: recipient.language,
      purpose: 'pack',
      serviceWindowClosesAt: timestampFromMs(tap.sentAtMs + SERVICE_WINDOW_MS),
      requestedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
    });
  }
}
