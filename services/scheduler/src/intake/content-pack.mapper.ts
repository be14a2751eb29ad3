import { ContentPartKind, Criticality, type Audience, type ContentPackReady } from '@daybreak/contracts';
import { contentHashOf, type PackAudience, type PackContent, type PackPart, type PackPartKind } from '@daybreak/delivery';
import { invalid, sha256Hex, type Violation } from '@daybreak/kernel';
import { z } from 'zod';
import { bodyParameters, instant, publisherId, sha256, storable, violationsOf } from './wire-rules.js';

/** A pack that compliance approved, and where its bytes are. */
export interface ApprovedPack extends PackContent {
  readonly parts: readonly (PackPart & { readonly url: string })[];
  readonly contentHash: string;
  readonly approval: { readonly approvedBy: string; readonly approvedAtMs: number; readonly reference: string };
  readonly publishedAtMs: number;
}

export interface PackRules {
  readonly tenantId: string;
  readonly languages: readonly string[];
  readonly httpAllowed: boolean;
}

const PART_KIND: Readonly<Record<Exclude<ContentPartKind, ContentPartKind.UNSPECIFIED>, PackPartKind>> = {
  [ContentPartKind.POST_IMAGE]: 'CONTENT_PART_KIND_POST_IMAGE',
  [ContentPartKind.STATUS_IMAGE]: 'CONTENT_PART_KIND_STATUS_IMAGE',
  [ContentPartKind.LINKEDIN_IMAGE]: 'CONTENT_PART_KIND_LINKEDIN_IMAGE',
  [ContentPartKind.TEXT]: 'CONTENT_PART_KIND_TEXT',
};

const IMAGE_MAX_BYTES = 5 * 1024 * 1024; // Meta's limit for images
const TEXT_MAX_LENGTH = 4_096; // Meta's limit for a text message

/** Reads the wire form. Throws `invalid` naming every field that is wrong. */
export function contentPackReader(rules: PackRules): (event: ContentPackReady) => ApprovedPack {
  const schema = packSchema(rules);
  return (event) => {
    const parsed = schema.safeParse(event);
    const violations = [...(parsed.success ? contentViolations(parsed.data) : violationsOf(parsed.error)), ...approvalViolations(event)];
    if (!parsed.success || violations.length > 0) throw invalid(...violations);
    const { approval, publishedAt, ...pack } = parsed.data;
    return { ...pack, approval: { ...approval, approvedAtMs: approval.approvedAt }, publishedAtMs: publishedAt };
  };
}

/** Looked at even when other fields are wrong. */
const approvalViolations = ({ approval, contentHash }: ContentPackReady): Violation[] =>
  approval === undefined || approval.approvedContentHash === contentHash
    ? []
    : [{ field: 'approval.approved_content_hash', reason: 'another content was approved' }];

function contentViolations(pack: PackContent & { readonly contentHash: string }): Violation[] {
  const violations: Violation[] = [];
  if (pack.runDate === '' && pack.audience.kind !== 'fallback')
    violations.push({ field: 'run_date', reason: 'is required for all but fallback packs' });
  if (pack.contentHash !== contentHashOf(pack)) violations.push({ field: 'content_hash', reason: 'is not the hash of this content' });
  return violations;
}

const packSchema = (rules: PackRules) =>
  z.object({
    contentPackId: publisherId,
    tenantId: z.literal(rules.tenantId, 'is not a tenant of this installation'),
    runDate: z.union([z.literal(''), z.iso.date('must be a date YYYY-MM-DD')], 'must be a date YYYY-MM-DD'),
    language: z.enum(rules.languages, `must be one of ${rules.languages.join(', ')}`),
    audience: z.custom<Audience>((value) => value !== undefined, 'is required').transform(readAudience),
    parts: z
      .array(partSchema(rules))
      .refine((parts) => parts.some((part) => part.kind === 'CONTENT_PART_KIND_POST_IMAGE'), 'need at least one POST_IMAGE'),
    criticality: z
      .literal([Criticality.NORMAL, Criticality.CRITICAL], 'must be NORMAL or CRITICAL')
      .transform((criticality) => CRITICALITY[criticality]),
    approval: z.object({ approvedBy: required, approvedAt: instant, reference: required }, 'is required'),
    contentHash: sha256,
    bodyParameters,
    publishedAt: instant,
  });

const required = storable.min(1, 'is required');

const CRITICALITY = {
  [Criticality.NORMAL]: 'CRITICALITY_NORMAL',
  [Criticality.CRITICAL]: 'CRITICALITY_CRITICAL',
} as const;

const partSchema = (rules: PackRules) =>
  z
    .object({
      kind: z
        .literal(
          [ContentPartKind.POST_IMAGE, ContentPartKind.STATUS_IMAGE, ContentPartKind.LINKEDIN_IMAGE, ContentPartKind.TEXT],
          'is not a kind of part',
        )
        .transform((kind) => PART_KIND[kind]),
      url: storable,
      sha256,
      mediaType: z.string(),
      sizeBytes: z.bigint().transform(Number),
      text: storable,
    })
    .superRefine((part, context) => {
      const problems = part.kind === 'CONTENT_PART_KIND_TEXT' ? textProblems(part) : imageProblems(part, rules);
      for (const [field, message] of problems) context.addIssue({ code: 'custom', path: [field], message });
    });

type Problem = readonly [field: keyof PackPart | 'url', message: string];

function textProblems(part: PackPart & { url: string }): Problem[] {
  const problems: Problem[] = [];
  if (part.text === '' || part.text.length > TEXT_MAX_LENGTH) problems.push(['text', `must be 1 to ${TEXT_MAX_LENGTH} characters`]);
  if (part.sha256 !== sha256Hex(part.text)) problems.push(['sha256', 'is not the hash of the text']);
  if (part.url !== '') problems.push(['url', 'must be empty for a text']);
  return problems;
}

function imageProblems(part: PackPart & { url: string }, rules: PackRules): Problem[] {
  const problems: Problem[] = [];
  if (!isFetchable(part.url, rules))
    problems.push(['url', `must be an ${rules.httpAllowed ? 'http(s)' : 'https'} URL without credentials`]);
  if (part.mediaType !== 'image/jpeg' && part.mediaType !== 'image/png') problems.push(['mediaType', 'must be image/jpeg or image/png']);
  if (part.sizeBytes < 1 || part.sizeBytes > IMAGE_MAX_BYTES) problems.push(['sizeBytes', `must be 1 to ${IMAGE_MAX_BYTES}`]);
  if (part.text !== '') problems.push(['text', 'must be empty for an image']);
  return problems;
}

function isFetchable(text: string, { httpAllowed }: PackRules): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (httpAllowed && url.protocol === 'http:');
}

function readAudience(audience: Audience, context: z.RefinementCtx): PackAudience {
  const wrong = (path: string, message: string): typeof z.NEVER => {
    context.addIssue({ code: 'custom', path: path === '' ? [] : [path], message });
    return z.NEVER;
  };
  const { kind } = audience;
  switch (kind.case) {
    case 'all':
    case 'fallback':
      return kind.value ? { kind: kind.case } : wrong(kind.case, 'must be true');
    case 'segment':
      return publisherId.safeParse(kind.value).success
        ? { kind: 'segment', segment: kind.value }
        : wrong('segment', 'must be 1 to 64 of A-Z a-z 0-9 . _ -');
    case 'recipients': {
      const recipientIds = kind.value.recipientIds;
      const bad = recipientIds.findIndex((id) => !publisherId.safeParse(id).success);
      if (recipientIds.length === 0) return wrong('recipients', 'needs at least one id');
      return bad === -1
        ? { kind: 'recipients', recipientIds }
        : wrong(`recipients.recipient_ids[${bad}]`, 'must be 1 to 64 of A-Z a-z 0-9 . _ -');
    }
    case undefined:
      return wrong('', 'needs all, segment, recipients or fallback');
  }
}
