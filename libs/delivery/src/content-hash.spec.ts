import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@daybreak/kernel';
import { contentHashOf, type PackContent } from './content-hash.js';

const pack: PackContent = {
  contentPackId: 'pack-en',
  tenantId: 'main',
  runDate: '2026-11-22',
  language: 'en',
  audience: { kind: 'all' },
  parts: [
    { kind: 'CONTENT_PART_KIND_POST_IMAGE', sha256: 'aa', mediaType: 'image/png', sizeBytes: 1024, text: '' },
    { kind: 'CONTENT_PART_KIND_TEXT', sha256: 'bb', mediaType: '', sizeBytes: 0, text: 'नमस्ते' },
  ],
  criticality: 'CRITICALITY_NORMAL',
  bodyParameters: { topic: 'SIP', date: '22 Nov' },
};

describe(contentHashOf.name, () => {
  it('is the hash of the documented text, which a publisher can write down without our code', () => {
    const documented =
      '{"audience":{"all":true},"body_parameters":{"date":"22 Nov","topic":"SIP"},"content_pack_id":"pack-en","criticality":"CRITICALITY_NORMAL","language":"en",' +
      '"parts":[{"kind":"CONTENT_PART_KIND_POST_IMAGE","media_type":"image/png","sha256":"aa","size_bytes":1024},' +
      '{"kind":"CONTENT_PART_KIND_TEXT","sha256":"bb","text":"नमस्ते"}],"run_date":"2026-11-22","tenant_id":"main"}';

    expect(contentHashOf(pack)).toBe(sha256Hex(documented));
  });

  it('leaves empty fields out', () => {
    const fallback = contentHashOf({ ...pack, runDate: '', audience: { kind: 'fallback' }, parts: [], bodyParameters: {} });

    expect(fallback).toBe(
      sha256Hex(
        '{"audience":{"fallback":true},"content_pack_id":"pack-en","criticality":"CRITICALITY_NORMAL","language":"en","parts":[],"tenant_id":"main"}',
      ),
    );
  });

  it('does not depend on the order of body parameters', () => {
    expect(contentHashOf({ ...pack, bodyParameters: { date: '22 Nov', topic: 'SIP' } })).toBe(contentHashOf(pack));
  });

  it.each<[string, Partial<PackContent>]>([
    ['id', { contentPackId: 'pack-hi' }],
    ['tenant', { tenantId: 'other' }],
    ['date', { runDate: '2026-11-23' }],
    ['language', { language: 'hi' }],
    ['audience', { audience: { kind: 'segment', segment: 'gold' } }],
    ['named recipients', { audience: { kind: 'recipients', recipientIds: ['r-1'] } }],
    ['parts', { parts: pack.parts.slice(0, 1) }],
    ['criticality', { criticality: 'CRITICALITY_CRITICAL' }],
    ['body parameters', { bodyParameters: { topic: 'SIP', date: '23 Nov' } }],
  ])('binds the %s', (_, changed) => {
    expect(contentHashOf({ ...pack, ...changed })).not.toBe(contentHashOf(pack));
  });
});
