import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { MediaRepository } from '../store/media.repository.js';

const HOUR_MS = 3_600_000; // an id that is about to end is no id for this morning
const MOST_KEPT = 20_000;

/** Under which id a number has an asset. Ids live for 30 days, so what was read once holds for the morning. */
@Injectable()
export class MediaIds {
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly media: MediaRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get(phoneNumberId: string, sha256: string): string | undefined {
    return this.ids.get(keyOf(phoneNumberId, sha256));
  }

  async load(phoneNumberId: string, hashes: Iterable<string>, nowMs: number): Promise<void> {
    const missing = [...new Set(hashes)].filter((sha256) => !this.ids.has(keyOf(phoneNumberId, sha256)));
    if (missing.length === 0) return;
    if (this.ids.size + missing.length > MOST_KEPT) this.ids.clear();
    for (const [sha256, id] of await this.media.idsOf(phoneNumberId, missing, nowMs + HOUR_MS))
      this.ids.set(keyOf(phoneNumberId, sha256), id);
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
