import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { scrub } from '@daybreak/privacy';
import type { InboundEvent } from '@daybreak/cloud-api';
import { InboundKind, InboundReceivedSchema, type InboundReceived } from '@daybreak/contracts';
import { INBOUND_COMMAND, type Order } from '../consent/inbound-command.js';
import type { PersonalData } from '../people/personal-data.js';

const KIND: Readonly<Record<string, InboundKind>> = {
  text: InboundKind.TEXT,
  button: InboundKind.BUTTON,
  interactive: InboundKind.INTERACTIVE,
  image: InboundKind.MEDIA,
  audio: InboundKind.MEDIA,
  video: InboundKind.MEDIA,
  document: InboundKind.MEDIA,
  sticker: InboundKind.MEDIA,
  reaction: InboundKind.REACTION,
};

/** Whose it is, the desk will say. @param order what it orders, if anything @param hashes of sender and message, empty where Meta names none */
export function toInboundReceived(
  inbound: InboundEvent,
  order: Order | undefined,
  { addressKey, wamidHash }: { readonly addressKey: string; readonly wamidHash: string },
  personal: PersonalData,
  receivedAtMs: number,
): InboundReceived {
  const owner = addressKey === '' ? wamidHash : addressKey;
  const sentAtMs = inbound.occurredAtMs ?? inbound.entryAtMs ?? receivedAtMs;
  return create(InboundReceivedSchema, {
    addressKey,
    sealedAddress: personal.sealAddress(inbound.fromWaId, owner),
    recipientId: '',
    phoneNumberId: inbound.phoneNumberId ?? '',
    wabaId: inbound.wabaId ?? '',
    wamidHash,
    sealedWamid: personal.sealWamid(inbound.wamid, owner),
    kind: KIND[inbound.type] ?? InboundKind.OTHER,
    sealedText: personal.sealText(inbound.text, owner),
    buttonPayload: scrub(inbound.buttonPayload ?? ''),
    contextWamidHash: personal.wamidHashOf(inbound.contextWamid),
    command: INBOUND_COMMAND[order?.kind ?? 'none'],
    sentAt: timestampFromMs(sentAtMs),
    receivedAt: timestampFromMs(receivedAtMs),
    businessScopedUserId: inbound.fromUserId ?? '',
  });
}
