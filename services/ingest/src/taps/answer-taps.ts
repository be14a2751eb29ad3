import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { ReplyRequestedSchema, type ReplyRequested } from '@daybreak/contracts';
import { Database, Inbox } from '@daybreak/database';
import { uuidV5, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { isBehind, namesOf } from '../consent/who.js';
import type { Who } from '../consent/desk-slip.js';
import { ConsentPublisher } from '../outbound/consent.publisher.js';
import { lastPacks, type LastPack } from '../store/last-pack.repository.js';
import { recipients, type Recipient } from '../store/recipient.repository.js';

/** Meta lets us answer freely for 24 h after a person wrote or tapped. */
const SERVICE_WINDOW_MS = 24 * 3_600_000;

/** Meta's stamps are whole seconds. */
const STAMP_GRAIN_MS = 1_000;

/** Somebody tapped for the rest of their pack. */
export interface Tap {
  /** Empty when the edge could not ask who it was. */
  readonly recipientId: string;
  readonly who: Who;
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
      const named = await recipients.byId(tx, taps.map((tap) => tap.recipientId)); // prettier-ignore
      const strangers = taps.filter((tap) => !named.has(tap.recipientId)).map((tap) => tap.who);
      const { addressKeys, userIds } = namesOf(strangers);
      const known = [...named.values(), ...(await recipients.byPerson(tx, addressKeys, userIds))];
      const packs = await lastPacks.of(tx, known.map((recipient) => recipient.recipientId)); // prettier-ignore
      const once = new Map(taps.map((tap) => [tap.wamidHash, tap])); // Meta may say it twice in one breath
      const replies = [...once.values()]
        .filter((tap) => fresh.has(tap.wamidHash))
        .flatMap((tap) => {
          const behind = known.filter(
            (recipient) => recipient.recipientId === tap.recipientId || (!named.has(tap.recipientId) && isBehind(tap.who, recipient)),
          );
          return (
            behind
              .map((recipient) => this.replyTo(tap, recipient, packs.get(recipient.recipientId)))
              .find((reply) => reply !== undefined) ?? []
          );
        });
      await this.publisher.replies(tx, replies);
    });
  }

  /** The rest of what was due when they tapped: the pack of today is planned hours before it is sent. */
  private replyTo(tap: Tap, recipient: Recipient, packs: readonly LastPack[] = []): ReplyRequested | undefined {
    const { sealedAddress } = recipient;
    const pack = packs.find(({ dueAtMs }) => dueAtMs < tap.sentAtMs + STAMP_GRAIN_MS);
    if (sealedAddress === null || pack === undefined || tap.phoneNumberId === '') return undefined;
    return create(ReplyRequestedSchema, {
      replyId: uuidV5(`reply/${tap.wamidHash}`),
      phoneNumberId: tap.phoneNumberId,
      recipientId: recipient.recipientId,
      sealedAddress,
      content: { case: 'packParts', value: { contentPackId: pack.contentPackId, deliveryId: pack.deliveryId } },
      language: recipient.language,
      purpose: 'pack',
      serviceWindowClosesAt: timestampFromMs(tap.sentAtMs + SERVICE_WINDOW_MS),
      requestedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
    });
  }
}
