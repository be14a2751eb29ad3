import { mayReceive, type PurposeConsent } from '@daybreak/consent';
import { canStart, type LatePolicy, type SendWindow } from '@daybreak/timing';
import { CLAIM_LIFE_MS, type ShardLease } from '../shard/shard-lease.js';
import { templateKeyOf, type Claim, type Content, type TemplateFilling } from './claim.js';
import { WINDOW_CLOSED } from './delivery-machine.js';
import type { Settlement } from './delivery-record.js';

/** The daily pack is what the recipient agreed to get. */
export const CAMPAIGN_PURPOSE = 'content';

/** How long a delivery is left alone that cannot be decided yet: its template stands still, or nothing is known of its recipient. */
export const LEFT_ALONE_MS = 5_000;

/** So old may the last look be when the first byte leaves, real ms. A process that was stopped in between has been away for longer. */
export const STILL_TRUE_MS = 1;

/** Everything that can still stop a POST, as it is known in this process at this instant. */
export interface LastInstant {
  readonly nowMs: number;
  /** `performance.now()`. */
  readonly nowMonoMs: number;
  readonly lease: Pick<ShardLease, 'isFresh'>;
  readonly window: SendWindow;
  readonly latePolicy: LatePolicy;
  /** The number, an account or everybody stands still: by state, breaker or operator. `critical` deliveries still go where only that is paused. */
  readonly standsStill: (claim: Claim) => boolean;
  readonly isTemplateOpen: (templateKey: string) => boolean;
  readonly isMediaOpen: (sha256: string) => boolean;
  readonly isWithdrawn: (contentPackId: string) => boolean;
  /** Consent that changed after the claim was made; undefined when it did not. */
  readonly consentSince: (recipientId: string) => PurposeConsent | undefined;
}

export type LastWord =
  | { readonly kind: 'go'; readonly template: TemplateFilling }
  /** Not this time; nothing was posted. */
  | { readonly kind: 'stay'; readonly settlement: Settlement };

/**
 * The last look before a POST, in the same tick in which it starts. Order matters where two reasons hold: what says that we may
 * not decide at all (lease, claim) comes before what decides.
 */
export function lastChecks(claim: Claim, content: Content, at: LastInstant): LastWord {
  if (!isOurs(claim, at.lease, at.nowMonoMs)) return stay({ kind: 'not-posted', dueAtMs: claim.dueAtMs });
  if (!canStart(at.nowMs, at.window, at.latePolicy)) {
    if (at.nowMs < at.window.opensAt) return stay({ kind: 'not-posted', dueAtMs: claim.dueAtMs });
    return stay({ kind: 'expired', reason: WINDOW_CLOSED, errorCode: 0 });
  }

  const consent = at.consentSince(claim.recipientId) ?? claim.consent;
  // Nothing known is not a no: it would leave the denominator. It is not a yes either: the delivery waits, and expires as our miss.
  if (consent === undefined) return stay({ kind: 'not-posted', dueAtMs: at.nowMs + LEFT_ALONE_MS });
  if (!mayReceive({ [CAMPAIGN_PURPOSE]: consent }, CAMPAIGN_PURPOSE, at.nowMs)) return stay({ kind: 'suppressed', reason: 'consent' });
  if (at.isWithdrawn(content.contentPackId)) return stay({ kind: 'suppressed', reason: 'withdrawn-pack' });

  if (at.standsStill(claim)) return stay({ kind: 'not-posted', dueAtMs: claim.dueAtMs });
  const template = [content.template, content.standby].find((choice) => choice !== null && at.isTemplateOpen(templateKeyOf(choice)));
  if (!template) return stay({ kind: 'not-posted', dueAtMs: at.nowMs + LEFT_ALONE_MS });
  if (template.hasImageHeader && content.headerMedia && !at.isMediaOpen(content.headerMedia.sha256)) {
    return stay({ kind: 'not-posted', dueAtMs: at.nowMs + LEFT_ALONE_MS });
  }
  return { kind: 'go', template };
}

/** Nobody else can have decided on this claim yet: the lease holds, and the claim is young. */
export const isOurs = (
  claim: Pick<Claim, 'claimedAtMonoMs'>,
  lease: Pick<ShardLease, 'isFresh'>,
  nowMonoMs: number = performance.now(),
): boolean => lease.isFresh(nowMonoMs) && nowMonoMs - claim.claimedAtMonoMs < CLAIM_LIFE_MS;

const stay = (settlement: Settlement): LastWord => ({ kind: 'stay', settlement });
