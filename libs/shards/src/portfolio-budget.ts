/**
 * Unique recipients outside a service window per moving 24 hours, shared by all numbers of a business portfolio.
 * Because the limit is the portfolio's, more numbers buy rate and not reach; hence it is spent when planning.
 */
export type MessagingLimit = number | 'unlimited';

export interface PortfolioBudget {
  /** Takes one recipient from the budget; false when it is used up. A recipient who already counts costs nothing. */
  spend(recipientId: string): boolean;
  /** How many more new recipients fit. */
  readonly left: number;
}

/** @param counted asks whether a recipient was already messaged in the last 24 hours; @param used how many were */
export function portfolioBudget(limit: MessagingLimit, used: number, counted: (recipientId: string) => boolean): PortfolioBudget {
  const size = limit === 'unlimited' ? Number.POSITIVE_INFINITY : limit;
  const spent = new Set<string>();
  const left = (): number => Math.max(size - used - spent.size, 0);
  return {
    spend(recipientId) {
      if (spent.has(recipientId) || counted(recipientId)) return true;
      if (left() === 0) return false;
      spent.add(recipientId);
      return true;
    },
    get left() {
      return left();
    },
  };
}
