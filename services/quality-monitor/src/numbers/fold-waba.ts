/** What may be done with a WABA; absolute. */
export interface WabaStateValue {
  readonly mode: 'active' | 'halted';
  readonly reason: string;
  /** Unique recipients per rolling 24 h of the whole portfolio: -1 unlimited, 0 unknown. */
  readonly messagingLimit: number;
}

export const foldWaba = ({
  restriction,
  messagingLimit,
}: {
  readonly restriction: string;
  readonly messagingLimit: number;
}): WabaStateValue =>
  restriction === '' ? { mode: 'active', reason: '', messagingLimit } : { mode: 'halted', reason: restriction, messagingLimit };

/** What one `account_update` means for sending; undefined: nothing. */
export type Restriction = { readonly words: string } | 'lifted' | undefined;

/** Restrictions that stop template messages; others (adding numbers, customer-initiated) leave the morning alone. */
const STOPS_SENDING = new Set(['RESTRICTED_BIZ_INITIATED_MESSAGING', 'RESTRICTED_UTILITY_TEMPLATES']);

/**
 * Reads Meta's account events. A ban that is only scheduled is not one yet.
 * Source: webhooks/reference/account_update; states DISABLE, REINSTATE, SCHEDULE_FOR_DISABLE.
 */
export function restrictionIn(event: string, details: readonly string[]): Restriction {
  switch (event) {
    case 'ACCOUNT_DELETED':
      return { words: 'ACCOUNT_DELETED' };
    case 'DISABLED_UPDATE':
      if (details.includes('REINSTATE')) return 'lifted';
      return details.includes('DISABLE') ? { words: 'DISABLED' } : undefined;
    case 'ACCOUNT_RESTRICTION': {
      const stopping = details.filter((detail) => STOPS_SENDING.has(detail));
      return stopping.length > 0 ? { words: stopping.join(', ') } : undefined;
    }
    default:
      return undefined;
  }
}
