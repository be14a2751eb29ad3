import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { openAddressJwe, sealAddressJwe } from './address-jwe.js';

const keyPair = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true });
  return { publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) };
};

describe('address JWE', () => {
  it('opens with the private key what was sealed to the public one, in E.164', async () => {
    const { publicJwk, privateJwk } = await keyPair();

    const jwe = await sealAddressJwe('98123 45678', publicJwk);

    expect(jwe.split('.')).toHaveLength(5);
    await expect(openAddressJwe(jwe, privateJwk)).resolves.toBe('+919812345678');
  });

  it('refuses a JWE to another key, a broken one and one that holds no number, and never says what was in it', async () => {
    const ours = await keyPair();
    const theirs = await keyPair();

    await expect(openAddressJwe(await sealAddressJwe('+919812345678', theirs.publicJwk), ours.privateJwk)).rejects.toThrow(
      'malformed, altered or made for another key',
    );
    await expect(openAddressJwe('not.a.jwe', ours.privateJwk)).rejects.toThrow('malformed, altered or made for another key');
    await expect(openAddressJwe(await sealAddressJwe('98123', ours.publicJwk), ours.privateJwk)).rejects.toThrow(
      /^phone_number: is not a phone number[^9]*$/,
    );
  });
});
