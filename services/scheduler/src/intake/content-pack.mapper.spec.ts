import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { ApprovalSchema, ContentPartKind, Criticality, type ContentPackReady } from '@daybreak/contracts';
import { isAppError, sha256Hex } from '@daybreak/kernel';
import { aContentPackReady } from '@daybreak/testing';
import { contentPackReader, type PackRules } from './content-pack.mapper.js';

const rules: PackRules = { tenantId: 'main', languages: ['en', 'hi', 'mr'], httpAllowed: false };

/** `field: reason` of everything that is wrong with a pack. */
function violationsOf(event: ContentPackReady, over: Partial<PackRules> = {}): string[] {
  try {
    contentPackReader({ ...rules, ...over })(event);
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.retry).toEqual({ kind: 'drop' });
    return error.violations.map(({ field, reason }) => `${field}: ${reason}`);
  }
}

const image = {
  kind: ContentPartKind.POST_IMAGE,
  url: 'https://cdn.example/a.png',
  sha256: sha256Hex('a'),
  mediaType: 'image/png',
  sizeBytes: 1n,
};
const text = { kind: ContentPartKind.TEXT, text: 'hello', sha256: sha256Hex('hello') };
type Over = Parameters<typeof aContentPackReady>[0];

describe(contentPackReader.name, () => {
  it.each<[string, Over]>([
    ['for all', {}],
    ['for a segment', { audience: { kind: { case: 'segment', value: 'gold' } } }],
    ['for named recipients', { audience: { kind: { case: 'recipients', value: { recipientIds: ['adv-1', 'adv-2'] } } } }],
    ['as a fallback of any date', { runDate: '', audience: { kind: { case: 'fallback', value: true } } }],
    ['as a fallback of one date', { audience: { kind: { case: 'fallback', value: true } } }],
    ['that is critical', { criticality: Criticality.CRITICAL }],
  ])('takes a pack %s', (_, over) => {
    expect(violationsOf(aContentPackReady(over))).toEqual([]);
  });

  it.each<[string, Over, string[]]>([
    ['an id that is a phone number in disguise', { contentPackId: '+91 98' }, ['content_pack_id: must be 1 to 64 of A-Z a-z 0-9 . _ -']],
    [
      'what Postgres could not keep',
      {
        parts: [
          { ...image, url: 'https://cdn.example/\0a.png' },
          { ...text, text: 'half \ud83d of it', sha256: sha256Hex('half \ud83d of it') },
        ],
        bodyParameters: { headline: 'Mar\0kets' },
      },
      [
        'parts[0].url: must be text without NUL',
        'parts[1].text: must be text without NUL',
        'body_parameters.headline: must be text without NUL',
      ],
    ],
    [
      'an instant that no calendar has',
      { publishedAt: { seconds: 9_000_000_000_000n, nanos: 0 } },
      ['published_at: is not an instant of the years 1 to 9999'],
    ],
    ['another tenant', { tenantId: 'other' }, ['tenant_id: is not a tenant of this installation']],
    ['a date that does not exist', { runDate: '2026-02-30' }, ['run_date: must be a date YYYY-MM-DD']],
    ['no date', { runDate: '' }, ['run_date: is required for all but fallback packs']],
    ['an unknown language', { language: 'tlh' }, ['language: must be one of en, hi, mr']],
    ['no audience', { audience: {} }, ['audience: needs all, segment, recipients or fallback']],
    ['an audience of not all', { audience: { kind: { case: 'all', value: false } } }, ['audience.all: must be true']],
    ['no named recipient', { audience: { kind: { case: 'recipients', value: {} } } }, ['audience.recipients: needs at least one id']],
    [
      'a bad recipient id',
      { audience: { kind: { case: 'recipients', value: { recipientIds: ['adv-1', 'adv 2'] } } } },
      ['audience.recipients.recipient_ids[1]: must be 1 to 64 of A-Z a-z 0-9 . _ -'],
    ],
    ['no image', { parts: [text] }, ['parts: need at least one POST_IMAGE']],
    ['no part at all', { parts: [] }, ['parts: need at least one POST_IMAGE']],
    ['a part of no kind', { parts: [image, { ...image, kind: 0 }] }, ['parts[1].kind: is not a kind of part']],
    [
      'an image over http',
      { parts: [{ ...image, url: 'http://cdn.example/a.png' }] },
      ['parts[0].url: must be an https URL without credentials'],
    ],
    [
      'an image behind a password',
      { parts: [{ ...image, url: 'https://u:p@cdn.example/a' }] },
      ['parts[0].url: must be an https URL without credentials'],
    ],
    ['an image nowhere', { parts: [{ ...image, url: 'a.png' }] }, ['parts[0].url: must be an https URL without credentials']],
    [
      'an image of the wrong type',
      { parts: [{ ...image, mediaType: 'image/gif' }] },
      ['parts[0].media_type: must be image/jpeg or image/png'],
    ],
    ['an image that is too large', { parts: [{ ...image, sizeBytes: 5_242_881n }] }, ['parts[0].size_bytes: must be 1 to 5242880']],
    ['an image without hash', { parts: [{ ...image, sha256: '' }] }, ['parts[0].sha256: must be a SHA-256 in lower-case hex']],
    [
      'a text whose hash is another’s',
      { parts: [image, { ...text, sha256: sha256Hex('bye') }] },
      ['parts[1].sha256: is not the hash of the text'],
    ],
    ['a text at a URL', { parts: [image, { ...text, url: 'https://cdn.example/t' }] }, ['parts[1].url: must be empty for a text']],
    ['no criticality', { criticality: Criticality.UNSPECIFIED }, ['criticality: must be NORMAL or CRITICAL']],
    ['a hash of something else', { contentHash: 'a'.repeat(64) }, ['content_hash: is not the hash of this content']],
    [
      'a parameter of two lines',
      { bodyParameters: { headline: 'a\nb' } },
      ['body_parameters.headline: must be one line without tabs or more than four blanks in a row'],
    ],
  ])('refuses %s', (_, over, violations) => {
    expect(violationsOf(aContentPackReady(over))).toEqual(violations);
  });

  it('refuses what was not approved, and what was approved as something else', () => {
    const unapproved = aContentPackReady();
    delete unapproved.approval;
    expect(violationsOf(unapproved)).toEqual(['approval: is required']);

    const elsewhere = aContentPackReady();
    if (elsewhere.approval) elsewhere.approval.approvedContentHash = 'b'.repeat(64);
    expect(violationsOf(elsewhere)).toEqual(['approval.approved_content_hash: another content was approved']);

    expect(violationsOf(aContentPackReady({ approval: create(ApprovalSchema) }))).toEqual([
      'approval.approved_by: is required',
      'approval.approved_at: is required',
      'approval.reference: is required',
      'approval.approved_content_hash: another content was approved',
    ]);
  });

  it('names everything that is wrong, not only the first', () => {
    expect(
      violationsOf(aContentPackReady({ language: 'tlh', parts: [], criticality: Criticality.UNSPECIFIED })).map((v) => v.split(':')[0]),
    ).toEqual(['language', 'parts', 'criticality']);
  });

  it('takes http where the installation allows it', () => {
    expect(violationsOf(aContentPackReady({ parts: [{ ...image, url: 'http://127.0.0.1:8080/a.png' }] }), { httpAllowed: true })).toEqual(
      [],
    );
  });

  it('never repeats a value', () => {
    expect(violationsOf(aContentPackReady({ tenantId: 'classified', language: 'classified', runDate: 'classified' })).join()).not.toContain(
      'classified',
    );
  });
});
