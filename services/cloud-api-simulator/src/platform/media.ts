import { sha256Hex, type Clock } from '@daybreak/kernel';
import type { LiveSettings } from '../settings/settings.js';
import { GraphError, invalidParameter } from './graph-error.js';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** What may be uploaded, and how large. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types */
const LIMITS: Readonly<Record<string, number>> = {
  'audio/aac': 16 * MIB,
  'audio/amr': 16 * MIB,
  'audio/mp4': 16 * MIB,
  'audio/mpeg': 16 * MIB,
  'audio/ogg': 16 * MIB,
  'image/jpeg': 5 * MIB,
  'image/png': 5 * MIB,
  'image/webp': 500 * KIB,
  'video/3gpp': 16 * MIB,
  'video/mp4': 16 * MIB,
  'application/pdf': 100 * MIB,
  'application/msword': 100 * MIB,
  'application/vnd.ms-excel': 100 * MIB,
  'application/vnd.ms-powerpoint': 100 * MIB,
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 100 * MIB,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 100 * MIB,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 100 * MIB,
  'text/plain': 100 * MIB,
};

/** First bytes of the image types: what is called a PNG must be one. */
const MAGIC: Readonly<Record<string, string>> = { 'image/png': '89504e470d0a1a0a', 'image/jpeg': 'ffd8ff' };

export const MEDIA_MAX_BYTES = 100 * MIB;

export interface Media {
  readonly id: string;
  /** The only number that may send it. */
  readonly phoneNumberId: string;
  readonly mimeType: string;
  readonly sha256: string;
  readonly size: number;
  readonly expiresAtMs: number;
  bytes: Buffer | undefined;
}

/** Uploaded media: scoped to one number, alive for 30 days. */
export class MediaStore {
  private readonly media = new Map<string, Media>();
  private keptBytes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly settings: () => LiveSettings['media'],
    private readonly newId: () => string,
  ) {}

  upload(phoneNumberId: string, mimeType: string, bytes: Buffer): Media {
    const limit = LIMITS[mimeType];
    if (limit === undefined) {
      throw invalidParameter(
        `Param file must be a file with one of the following types: ${Object.keys(LIMITS).join(', ')}. Received file of type '${mimeType.slice(0, 64)}'.`,
      );
    }
    if (bytes.length === 0) throw invalidParameter('Param file must not be empty.');
    if (bytes.length > limit) throw tooLarge(mimeType, limit);
    const magic = MAGIC[mimeType];
    if (magic !== undefined && !bytes.subarray(0, 8).toString('hex').startsWith(magic)) {
      throw new GraphError(131_053, { details: `The content of the file is not ${mimeType}` });
    }
    const id = this.newId();
    const media: Media = {
      id,
      phoneNumberId,
      mimeType,
      sha256: sha256Hex(bytes),
      size: bytes.length,
      expiresAtMs: this.clock.nowMs() + this.settings().livesForMs,
      bytes,
    };
    this.media.set(id, media);
    this.keptBytes += bytes.length;
    this.forgetOldBytes();
    return media;
  }

  /** The media, unless it is gone or its 30 days are over. */
  find(id: string): Media | undefined {
    const media = this.media.get(id);
    return media !== undefined && media.expiresAtMs > this.clock.nowMs() ? media : undefined;
  }

  delete(id: string): void {
    this.keptBytes -= this.media.get(id)?.bytes?.length ?? 0;
    this.media.delete(id);
  }

  get count(): number {
    return this.media.size;
  }

  /** Ids stay valid; only downloading needs the bytes. */
  private forgetOldBytes(): void {
    for (const media of this.media.values()) {
      if (this.keptBytes <= this.settings().keepBytes) return;
      this.keptBytes -= media.bytes?.length ?? 0;
      media.bytes = undefined;
    }
  }
}

export const tooLarge = (mimeType: string, limit: number): GraphError =>
  new GraphError(131_053, { details: `Media file size too big. Max file size we currently support for ${mimeType}: ${limit} bytes` });
