import type { Message } from './message.js';

const KEPT = 500_000; // about 1 KB each; statuses still come for older ones, only questions about them find nothing

/** Accepted messages by wamid, for history. The oldest are forgotten. */
export class SentMessages {
  private readonly byWamid = new Map<string, Message>();
  private accepted = 0;

  remember(message: Message): void {
    this.accepted += 1;
    this.byWamid.set(message.wamid, message);
    if (this.byWamid.size <= KEPT) return;
    for (const oldest of this.byWamid.keys()) {
      this.byWamid.delete(oldest);
      return;
    }
  }

  find(wamid: string): Message | undefined {
    return this.byWamid.get(wamid);
  }

  /** Newest first. */
  of(phoneNumberId: string): Message[] {
    return [...this.byWamid.values()].filter((m) => m.number.id === phoneNumberId).reverse();
  }

  get acceptedTotal(): number {
    return this.accepted;
  }

  countByStatus(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.byWamid.values()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}
