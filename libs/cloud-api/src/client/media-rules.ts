import { invalid, type Violation } from '@daybreak/kernel';

const KB = 1024;
const MB = 1024 * KB;

interface MediaRule {
  readonly maxBytes: number;
  /** How a file of this type begins. Absent where the type has no fixed beginning. */
  readonly startsWith?: (bytes: Uint8Array) => boolean;
}

const at =
  (offset: number, ...expected: number[]) =>
  (bytes: Uint8Array) =>
    expected.every((byte, i) => bytes[offset + i] === byte);
const riff = (bytes: Uint8Array): boolean => at(0, 0x52, 0x49, 0x46, 0x46)(bytes) && at(8, 0x57, 0x45, 0x42, 0x50)(bytes);
const isoMedia = at(4, 0x66, 0x74, 0x79, 0x70);
const zip = at(0, 0x50, 0x4b);
const oleFile = at(0, 0xd0, 0xcf, 0x11, 0xe0);

const AUDIO: MediaRule = { maxBytes: 16 * MB };
const DOCUMENT_MAX = 100 * MB;

/**
 * What Meta takes. Breaking a rule is answered late and by webhook (131053), so it is checked before the upload.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media (supported media types)
 */
export const MEDIA_RULES: Readonly<Record<string, MediaRule>> = {
  'image/jpeg': { maxBytes: 5 * MB, startsWith: at(0, 0xff, 0xd8, 0xff) },
  'image/png': { maxBytes: 5 * MB, startsWith: at(0, 0x89, 0x50, 0x4e, 0x47) },
  'image/webp': { maxBytes: 500 * KB, startsWith: riff }, // stickers only; animated ones may have 500 KB
  'video/mp4': { maxBytes: 16 * MB, startsWith: isoMedia },
  'video/3gpp': { maxBytes: 16 * MB, startsWith: isoMedia },
  'audio/aac': AUDIO,
  'audio/amr': AUDIO,
  'audio/mpeg': AUDIO,
  'audio/mp4': AUDIO,
  'audio/ogg': AUDIO,
  'text/plain': { maxBytes: DOCUMENT_MAX },
  'application/pdf': { maxBytes: DOCUMENT_MAX, startsWith: at(0, 0x25, 0x50, 0x44, 0x46) },
  'application/msword': { maxBytes: DOCUMENT_MAX, startsWith: oleFile },
  'application/vnd.ms-excel': { maxBytes: DOCUMENT_MAX, startsWith: oleFile },
  'application/vnd.ms-powerpoint': { maxBytes: DOCUMENT_MAX, startsWith: oleFile },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': { maxBytes: DOCUMENT_MAX, startsWith: zip },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { maxBytes: DOCUMENT_MAX, startsWith: zip },
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': { maxBytes: DOCUMENT_MAX, startsWith: zip },
};

/** What would make Meta refuse this file; empty when nothing would. */
export function mediaViolations(bytes: Uint8Array, mediaType: string): readonly Violation[] {
  const rule = MEDIA_RULES[mediaType];
  if (!rule) return [{ field: 'mediaType', reason: `${mediaType} is not a type the Cloud API takes` }];
  if (bytes.length === 0) return [{ field: 'bytes', reason: 'empty' }];
  const violations: Violation[] = [];
  if (bytes.length > rule.maxBytes)
    violations.push({
      field: 'bytes',
      reason: `has ${bytes.length} bytes; the Cloud API takes ${mediaType} up to ${sizeOf(rule.maxBytes)}`,
    });
  if (rule.startsWith && !rule.startsWith(bytes)) violations.push({ field: 'bytes', reason: `the content is not ${mediaType}` });
  return violations;
}

const sizeOf = (bytes: number): string => (bytes < MB ? `${bytes / KB} KB` : `${bytes / MB} MB`);

/** Throws an error that names every violation. */
export function checkMedia(bytes: Uint8Array, mediaType: string): void {
  const violations = mediaViolations(bytes, mediaType);
  if (violations.length > 0) throw invalid(...violations);
}
