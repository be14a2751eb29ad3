import type { PurposeConsent } from '@daybreak/consent';
import { Injectable } from '@nestjs/common';

/** Longer than a claim lives: whatever changed before that was seen when the delivery was claimed. */
const KEPT_MS = 60_000;

interface Heard {
  readonly consent: PurposeConsent;
  readonly version: number;
  readonly heardAtMonoMs: number;
}

/**
 * Consent that changed just now, for the last look before a POST: by the direct path, by Kafka, by what other pods wrote. In memory,
 * so that a STOP holds for deliveries that are already claimed.
 */
@Injectable()
export class RecentConsent {
  private readonly heard = new Map<string, Heard>();

  hear(recipientId: string, consent: PurposeConsent, version: number, nowMonoMs: number = performance.now()): void {
    const held = this.heard.get(recipientId);
    if (held && held.version >= version) return;
    this.heard.delete(recipientId); // to the end: the map stays in the order of hearing
    this.heard.set(recipientId, { consent, version, heardAtMonoMs: nowMonoMs });
    this.forgetOld(nowMonoMs);
  }

  since(recipientId: string): PurposeConsent | undefined {
    return this.heard.get(recipientId)?.consent;
  }

  private forgetOld(nowMonoMs: number): void {
    for (const [recipientId, { heardAtMonoMs }] of this.heard) {
      if (nowMonoMs - heardAtMonoMs < KEPT_MS) return;
      this.heard.delete(recipientId);
    }
  }
}
