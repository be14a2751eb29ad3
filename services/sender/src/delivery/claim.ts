import type { PurposeConsent } from '@daybreak/consent';
import type { DeliveryRecord } from './delivery-record.js';

/** A template as the plan chose it: what has to be filled in, and how. */
export interface TemplateFilling {
  readonly name: string;
  readonly language: string;
  /** Order of the body's variables. */
  readonly bodyParameterNames: readonly string[];
  readonly namedParameters: boolean;
  readonly hasImageHeader: boolean;
  /** Payloads of the quick-reply buttons, by index. */
  readonly quickReplyPayloads: readonly string[];
}

export interface HeaderMedia {
  readonly sha256: string;
  readonly url: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** What many deliveries of a run have in common. */
export interface Content {
  readonly contentPackId: string;
  readonly contentHash: string;
  readonly language: string;
  readonly template: TemplateFilling;
  readonly standby: TemplateFilling | null;
  readonly headerMedia: HeaderMedia | null;
  readonly deliveryMode: string;
  readonly fallback: boolean;
}

/** A delivery that this process has claimed: its alone, until it settles it or its lease is gone. */
export interface Claim extends Pick<
  DeliveryRecord,
  | 'deliveryId'
  | 'runId'
  | 'recipientId'
  | 'shardId'
  | 'attempt'
  | 'spared'
  | 'claimNumber'
  | 'epoch'
  | 'dueAtMs'
  | 'claimedAtMs'
  | 'errorCode'
> {
  readonly runDate: string;
  readonly sealedAddress: Uint8Array;
  readonly bodyParameters: Readonly<Record<string, string>>;
  readonly contentId: string;
  readonly critical: boolean;
  /** As it was when the delivery was claimed; undefined when nothing is known of the recipient. */
  readonly consent: PurposeConsent | undefined;
  /** `performance.now()` before the claim was asked for: the claim is at most this old. */
  readonly claimedAtMonoMs: number;
}

/** The row behind a claim for as long as nobody else has had a say in it: what waits is neither proved nor settled, and has no reason yet. */
export const rowOf = (claim: Claim): DeliveryRecord => ({
  deliveryId: claim.deliveryId,
  runId: claim.runId,
  recipientId: claim.recipientId,
  shardId: claim.shardId,
  state: 'CLAIMED',
  attempt: claim.attempt,
  spared: claim.spared,
  claimNumber: claim.claimNumber,
  epoch: claim.epoch,
  dueAtMs: claim.dueAtMs,
  claimedAtMs: claim.claimedAtMs,
  resolveAtMs: null,
  observedAttempt: 0,
  acceptedAttempt: 0,
  wamidHash: '',
  errorCode: claim.errorCode,
  reason: '',
});

/** `name/language`: how breakers and claims call a template. */
export const templateKeyOf = (template: Pick<TemplateFilling, 'name' | 'language'>): string => `${template.name}/${template.language}`;

/** What is ready, and new claims. Both are in the order in which they are due, and the new ones usually all come after. */
export function inDueOrder(ready: readonly Claim[], claims: readonly Claim[]): Claim[] {
  const all = [...ready, ...claims];
  const last = ready.at(-1);
  const first = claims[0];
  return last && first && first.dueAtMs < last.dueAtMs ? all.sort((a, b) => a.dueAtMs - b.dueAtMs) : all;
}
