import { invalid } from '@daybreak/kernel';
import { z } from 'zod';
import type { Content } from '../delivery/claim.js';

const template = z.object({
  name: z.string().min(1),
  language: z.string().min(1),
  bodyParameterNames: z.array(z.string()),
  namedParameters: z.boolean(),
  hasImageHeader: z.boolean(),
  quickReplyPayloads: z.array(z.string()),
});

const content = z.object({
  contentPackId: z.string(),
  contentHash: z.string(),
  language: z.string(),
  template,
  standby: template.nullable(),
  headerMedia: z.object({ sha256: z.string(), url: z.string(), mediaType: z.string(), sizeBytes: z.number() }).nullable(),
  deliveryMode: z.string(),
  fallback: z.boolean(),
});

/** What was written by this release or another one. Throws `invalid`, naming each field that is not as it must be. */
export function toContent(body: unknown): Content {
  const read = content.safeParse(body);
  if (read.success) return read.data;
  throw invalid(...read.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'content', reason: message })));
}
