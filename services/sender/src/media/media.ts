import { CloudApiClient, isCloudApiError, mediaViolations } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import { drop, isAppError, reasonOf, sha256Hex, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { localDateOf } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import type { SenderConfig } from '../sender.config.js';
import type { KnownShard } from '../shard/known-shard.js';
import { KnownStates } from '../states/known-states.js';
import { MediaRepository, type HeldMediaId, type WantedAsset } from '../store/media.repository.js';

const MEDIA_LIFE_MS = 30 * 86_400_000; // https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
/** An id must live until the morning is over, or it is renewed now, not in the window. */
const MUST_LIVE_MS = 2 * 86_400_000;
/** An id that Meta gave or confirmed so shortly before the window opens is believed. All are asked for long before the last hour: twenty a second. */
const CHECKED_WITHIN_MS = 6 * 3_600_000;
const FETCH_TIMEOUT_MS = 15_000;
const AT_ONCE = 4; // uploads share the number's connection to Meta with its messages
const BATCH_TAKES_MS = 200; // at least, real: twenty uploads a second of one number, so that personal packs are no flood
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

/** Fetches what the packs point at and uploads it once to each number that needs it, before the window, so that the morning sends by id. */
@Injectable()
export class Media {
  /** What was fetched last: a pod that owns several numbers, or starts over, asks the origin once. */
  private readonly fetched = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly store: MediaRepository,
    private readonly api: CloudApiClient,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'MEDIA_ORIGINS'>,
  ) {}

  /** Uploads what this number still lacks, a few at a time. Returns how many it uploaded. */
  async prepare(shard: KnownShard): Promise<number> {
    const nowMs = this.clock.nowMs();
    const wanted = await this.store.wanted(shard, localDateOf(nowMs), nowMs, nowMs + MUST_LIVE_MS, AT_ONCE);
    if (wanted.length === 0) return 0;
    const paced = new Promise((resolve) => setTimeout(resolve, BATCH_TAKES_MS));
    const done = await Promise.all(wanted.map((asset) => this.upload(shard, asset)));
    await paced;
    return done.filter(Boolean).length;
  }

  /**
   * Before the window opens, asks Meta whether it still knows the ids that this number will send by, a few at a time: what was deleted, or
   * belongs to another number, is uploaded again now and not when its messages are refused. Returns how many were answered for.
   */
  async verify(shard: KnownShard): Promise<number> {
    const nowMs = this.clock.nowMs();
    const run = this.states.currentRun(nowMs);
    if (!run) return 0;
    const sinceMs = run.window.opensAt - CHECKED_WITHIN_MS;
    if (nowMs < sinceMs || nowMs >= run.window.opensAt) return 0;
    const held = await this.store.unchecked(shard, run.runDate, sinceMs, AT_ONCE);
    if (held.length === 0) return 0;
    const paced = new Promise((resolve) => setTimeout(resolve, BATCH_TAKES_MS));
    const done = await Promise.all(held.map((one) => this.ask(shard, one)));
    await paced;
    return done.filter(Boolean).length;
  }

  private async ask({ shardId, phoneNumberId }: KnownShard, { sha256, mediaId }: HeldMediaId): Promise<boolean> {
    try {
      await this.api.getMedia(mediaId, phoneNumberId);
      await this.store.checked(phoneNumberId, sha256, this.clock.nowMs());
      return true;
    } catch (error) {
      const isUnknown = isCloudApiError(error) && error.retry.kind === 'drop';
      if (isUnknown) await this.store.forget(phoneNumberId, sha256);
      const reason = error instanceof Error ? error.message : 'unknown error';
      this.logger.warn(
        { shardId, asset: sha256, reason },
        isUnknown ? 'Meta does not know this media id of this number; it is uploaded again' : 'a media id could not be checked',
      );
      return isUnknown;
    }
  }

  private async upload(shard: KnownShard, asset: WantedAsset): Promise<boolean> {
    try {
      const bytes = await this.bytesOf(asset);
      const mediaId = await this.api.uploadMedia(shard.phoneNumberId, { bytes, mediaType: asset.mediaType });
      const nowMs = this.clock.nowMs();
      await this.store.uploaded(shard.phoneNumberId, asset.sha256, mediaId, nowMs, nowMs + MEDIA_LIFE_MS);
      await this.states.assetRenewed(asset.sha256);
      metrics.mediaUploads.inc({ shard_id: shard.shardId, outcome: 'uploaded' });
      return true;
    } catch (error) {
      // The morning can go on by link; readiness says what is missing.
      const reason = reasonOf(error);
      const retryMs =
        isAppError(error) && error.retry.kind === 'drop'
          ? LONGEST_RETRY_MS
          : Math.min(FIRST_RETRY_MS * 2 ** asset.failures, LONGEST_RETRY_MS);
      await this.store.failed(shard.phoneNumberId, asset.sha256, reason.slice(0, 300), this.clock.nowMs() + retryMs);
      metrics.mediaUploads.inc({ shard_id: shard.shardId, outcome: 'failed' });
      this.logger.warn(
        { shardId: shard.shardId, asset: asset.sha256, reason },
        'an asset could not be uploaded; until it is, its messages carry the link',
      );
      return false;
    }
  }

  private bytesOf(asset: WantedAsset): Promise<Uint8Array> {
    let bytes = this.fetched.get(asset.sha256);
    if (!bytes) {
      if (this.fetched.size >= 2 * AT_ONCE) this.fetched.delete(this.fetched.keys().next().value ?? '');
      bytes = this.fetch(asset);
      this.fetched.set(asset.sha256, bytes);
      bytes.catch(() => this.fetched.delete(asset.sha256));
    }
    return bytes;
  }

  private async fetch(asset: WantedAsset): Promise<Uint8Array> {
    const url = URL.parse(asset.url);
    if (!url || !this.config.MEDIA_ORIGINS.includes(url.origin)) throw drop('the asset’s origin is not among MEDIA_ORIGINS');
    // A redirect would lead past the list of origins.
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the origin answered ${response.status}`);
    const bytes = await readAtMost(response, asset.sizeBytes);
    if (sha256Hex(bytes) !== asset.sha256) throw drop('the asset’s bytes do not have the hash that was approved');
    const violations = mediaViolations(bytes, asset.mediaType);
    if (violations.length > 0) throw drop(violations.map(({ field, reason }) => `${field}: ${reason}`).join('; '));
    return bytes;
  }
}

/** Reads no further than what was approved, whatever the origin sends. */
async function readAtMost(response: Response, sizeBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > sizeBytes) throw drop(`the asset is larger than the ${sizeBytes} bytes that were approved`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
