import { createHash } from 'node:crypto';

/** Ids that look like Meta's and never repeat: not in this process, and not in the next one with the same seed. */
export class Ids {
  private given = 0;

  /** @param start what tells this process from any other, e.g. seed, clock and real time of its start */
  constructor(private readonly start: string) {}

  /** A text that no other call, here or elsewhere, returns. */
  readonly unique = (): string => `${this.start}/${(this.given += 1)}`;

  /** A Graph node id: 16 digits. */
  readonly node = (): string => {
    const digits = createHash('sha256').update(this.unique()).digest().readBigUInt64BE(0).toString().padStart(20, '7');
    return `1${digits.slice(-15)}`;
  };
}
