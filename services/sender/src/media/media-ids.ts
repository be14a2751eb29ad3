import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { MediaRepository } from '../store/media.repository.js';

const HOUR_MS = 3_600_000; // an id that is about to end is no id for this morning
const MOST_KEPT = 20_000;

/** An id may be forgotten by another pod, which heard that Meta does not take it. Real ms. */
const BELIEVED_FOR_MS = 5_000;

/** Under which id a number has an asset. Read with each claim, so that sending asks no store. Those read longest ago go first. */
@Injectable()
export class MediaIds {
  private readonly ids = new Map<string, { readonly id: string; readonly readAtMonoMs: number }>();

  constructor(
    private readonly media: MediaRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get(phoneNumberId: string, sha256: string): string | undefined {
    return this.ids.get(keyOf(phoneNumberId, sha256))?.id;
  }

  async load(phoneNumberId: string, hashes: Iterable<string>, nowMs: number): Promise<void> {
    const nowMonoMs = performance.now();
    const isStale = (sha256: string): boolean =>
      nowMonoMs - (this.ids.get(keyOf(phoneNumberId, sha256))?.readAtMonoMs ?? Number.NEGATIVE_INFINITY) > BELIEVED_FOR_MS;
    const stale = [...new Set(hashes)].filter(isStale);
    if (stale.length === 0) return;
    const found = await this.media.idsOf(phoneNumberId, stale, nowMs + HOUR_MS);
    for (const sha256 of stale) {
      const id = found.get(sha256);
      this.ids.delete(keyOf(phoneNumberId, sha256)); // to the end: the map is in the order of reading
      if (id !== undefined) this.ids.set(keyOf(phoneNumberId, sha256), { id, readAtMonoMs: nowMonoMs });
    }
    for (const key of this.ids.keys()) {
      if (this.ids.size <= MOST_KEPT) break;
      this.ids.delete(key);
    }
  }

  /** Meta does not know the id: until it is uploaded again, its messages go by link. */
  forget(phoneNumberId: string, sha256: string): void {
    if (!this.ids.delete(keyOf(phoneNumberId, sha256))) return;
    this.logger.warn({ phoneNumberId, asset: sha256 }, 'Meta does not take this media id from this number; it is uploaded again');
    void this.media
      .forget(phoneNumberId, sha256)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the media id could not be forgotten'));
  }
}

const keyOf = (phoneNumberId: string, sha256: string): string => `${phoneNumberId} ${sha256}`;
