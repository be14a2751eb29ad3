import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerHandshake } from './answer-handshake.js';
import { signatureCheck, signatureOf } from './verify-signature.js';

const body = Buffer.from('{"text":"caf\\u00e9"}');
const signed = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;

describe(signatureCheck.name, () => {
  it('accepts what the app’s secret signed, also the second one while a secret is being rotated', () => {
    expect(signatureCheck(['secret'])(body, signed)).toBe(true);
    expect(signatureCheck(['new', 'secret'])(body, signed)).toBe(true);
    expect(signatureCheck(['secret', 'new'])(body, signed)).toBe(true);
  });

  it('hashes the bytes, not the text they decode to', () => {
    expect(signatureCheck(['secret'])(Buffer.from('{"text":"café"}'), signed)).toBe(false);
  });

  it.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['of another algorithm', signed.replace('sha256', 'sha1')],
    ['too short', 'sha256=deadbeef'],
    ['too long', `${signed}00`],
    ['not hex', `sha256=${'z'.repeat(64)}`],
    ['without its prefix', signed.slice(7)],
    ['twice', `${signed}, ${signed}`],
    ['of other bytes', signatureOf(Buffer.from('{}'), 'secret')],
  ])('refuses a signature that is %s', (_case, header) => {
    expect(signatureCheck(['secret'])(body, header)).toBe(false);
  });

  it('refuses everything without a secret: an unset variable must not open the door', () => {
    expect(signatureCheck([''])(body, signatureOf(body, ''))).toBe(false);
    expect(signatureCheck([])(body, signed)).toBe(false);
  });

  it('accepts its own signature of any bytes, refuses it for any other, and never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.string({ minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        (bytes, other, secret, header) => {
          expect(signatureCheck([secret])(bytes, signatureOf(bytes, secret))).toBe(true);
          expect(signatureCheck([secret])(other, signatureOf(bytes, secret))).toBe(Buffer.from(bytes).equals(Buffer.from(other)));
          expect(signatureCheck([secret])(bytes, header)).toBe(false);
        },
      ),
    );
  });
});

describe(answerHandshake.name, () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'token' };

  it('returns the bare challenge, as text even when it is HTML', () => {
    expect(answerHandshake(query, 'token')).toEqual({ status: 200, contentType: 'text/plain', body: '1158201444' });
    expect(answerHandshake({ ...query, 'hub.challenge': '<script>' }, 'token')).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '<script>',
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another token', query, 'other'],
    ['no token configured', { ...query, 'hub.verify_token': '' }, ''],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }, 'token'],
    ['no mode', { ...query, 'hub.mode': undefined }, 'token'],
    ['no challenge', { ...query, 'hub.challenge': undefined }, 'token'],
    ['a token given twice', { ...query, 'hub.verify_token': ['token', 'token'] }, 'token'],
    ['nothing', {}, 'token'],
  ])('refuses %s', (_case, q, token) => {
    expect(answerHandshake(q, token)).toEqual({ status: 403, contentType: 'text/plain', body: '' });
  });
});
