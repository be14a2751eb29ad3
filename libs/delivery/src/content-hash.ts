import { canonicalJson, sha256Hex } from '@daybreak/kernel';

/** Words as in the events' JSON form (docs/events.md), because publishers compute the same hash from it. */
export type PackPartKind =
  'CONTENT_PART_KIND_POST_IMAGE' | 'CONTENT_PART_KIND_STATUS_IMAGE' | 'CONTENT_PART_KIND_LINKEDIN_IMAGE' | 'CONTENT_PART_KIND_TEXT';

/** One image or text of a pack. */
export interface PackPart {
  readonly kind: PackPartKind;
  /** Lower-case hex SHA-256 of the bytes, or of the UTF-8 text. */
  readonly sha256: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Empty for images. */
  readonly text: string;
}

/** Who a pack is for. A fallback serves those for whom nothing else came. */
export type PackAudience =
  | { readonly kind: 'all' }
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'recipients'; readonly recipientIds: readonly string[] }
  | { readonly kind: 'fallback' };

/** What compliance approves: everything of a pack that decides what somebody reads, and nothing else. */
export interface PackContent {
  readonly contentPackId: string;
  readonly tenantId: string;
  /** `YYYY-MM-DD`; empty for a fallback pack that serves any date. */
  readonly runDate: string;
  readonly language: string;
  readonly audience: PackAudience;
  readonly parts: readonly PackPart[];
  readonly criticality: 'CRITICALITY_NORMAL' | 'CRITICALITY_CRITICAL';
  readonly bodyParameters: Readonly<Record<string, string>>;
}

/**
 * The `content_hash` of a pack: SHA-256, lower-case hex, of its canonical form (docs/events.md, "The content hash").
 * Where the bytes are served from is no part of it: every part carries the hash of its own bytes.
 */
export function contentHashOf(pack: PackContent): string {
  return sha256Hex(
    canonicalJson({
      content_pack_id: pack.contentPackId,
      tenant_id: pack.tenantId,
      run_date: given(pack.runDate),
      language: pack.language,
      audience: canonicalAudience(pack.audience),
      parts: pack.parts.map((part) => ({
        kind: part.kind,
        sha256: given(part.sha256),
        media_type: given(part.mediaType),
        size_bytes: part.sizeBytes === 0 ? undefined : part.sizeBytes,
        text: given(part.text),
      })),
      criticality: pack.criticality,
      body_parameters: Object.keys(pack.bodyParameters).length === 0 ? undefined : pack.bodyParameters,
    }),
  );
}

/** Empty fields are left out, as the JSON form of protobuf leaves them out. */
const given = (text: string): string | undefined => (text === '' ? undefined : text);

function canonicalAudience(audience: PackAudience): object {
  switch (audience.kind) {
    case 'all':
      return { all: true };
    case 'segment':
      return { segment: audience.segment };
    case 'recipients':
      return { recipients: { recipient_ids: audience.recipientIds } };
    case 'fallback':
      return { fallback: true };
  }
}
