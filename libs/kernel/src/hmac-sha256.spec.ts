import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from './hmac-sha256.js';

const byNode = (key: Uint8Array | string, message: Uint8Array | string): string => createHmac('sha256', key).update(message).digest('hex');

describe(hmacSha256.name, () => {
  it('is what RFC 4231 says', () => {
    expect(hmacSha256('Jefe')('what do ya want for nothing?')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    expect(hmacSha256(Buffer.alloc(131, 0xaa))('Test Using Larger Than Block-Size Key - Hash Key First')).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  it('is what Node says, for any keys and messages, one after the other', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const text = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(fc.oneof(bytes, text), fc.array(fc.oneof(bytes, text), { minLength: 1, maxLength: 5 }), (key, messages) => {
        const sut = hmacSha256(key);
        expect(messages.map((message) => sut(message))).toEqual(messages.map((message) => byNode(key, message)));
      }),
    );
  });

  it.each([4_031, 4_032, 4_033, 3 * 1_048_576])('takes messages of %i bytes as they are', (length) => {
    const sut = hmacSha256('key');
    const message = Buffer.alloc(length, 0xe4);

    expect(sut(message)).toBe(byNode('key', message));
    expect(sut(message.toString('latin1'))).toBe(byNode('key', message.toString('latin1')));
    expect(sut('short')).toBe(byNode('key', 'short'));
  });
});
