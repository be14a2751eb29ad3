import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerHandshake } from './answer-handshake.js';
import { signatureOf, verifySignature } from './verify-signature.js';

const body = Buffer.from('{"text":"caf\\u00e9"}');
const signed = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;

describe(verifySignature.name, () => {
  it('accepts what the app’s secret signed, also the second one while a secret is being rotated', () => {
    expect(verifySignature(body, signed, ['secret'])).toBe(true);
    expect(verifySignature(body, signed, ['new', 'secret'])).toBe(true);
    expect(verifySignature(body, signed, ['secret', 'new'])).toBe(true);
  });

  it('hashes the bytes, not the text they decode to', () => {
    expect(verifySignature(Buffer.from('{"text":"café"}'), signed, ['secret'])).toBe(false);
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
    expect(verifySignature(body, header, ['secret'])).toBe(false);
  });

  it('refuses everything without a secret: an unset variable must not open the door', () => {
    expect(verifySignature(body, signatureOf(body, ''), [''])).toBe(false);
    expect(verifySignature(body, signed, [])).toBe(false);
  });

  it('accepts its own signature of any bytes, refuses it for any other, and never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.string({ minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        (bytes, other, secret, header) => {
          expect(verifySignature(bytes, signatureOf(bytes, secret), [secret])).toBe(true);
          expect(verifySignature(other, signatureOf(bytes, secret), [secret])).toBe(Buffer.from(bytes).equals(Buffer.from(other)));
          expect(verifySignature(bytes, header, [secret])).toBe(false);
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
