import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { drop } from '@daybreak/kernel';
import { normalizeE164 } from './phone-number.js';

/*
 * How a back office hands over an address that nobody between may read: a compact JWE to Daybreak's public key
 * (P-256 or X25519), ECDH-ES for the key, A256GCM for the number.
 */
const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

/** Seals an E.164 address for the owner of the private key, as a back office does before it publishes. */
export async function sealAddressJwe(e164: string, publicJwk: JWK): Promise<string> {
  const header = { alg: ALGORITHM, enc: ENCRYPTION, ...(publicJwk.kid === undefined ? {} : { kid: publicJwk.kid }) };
  return new CompactEncrypt(new TextEncoder().encode(e164)).setProtectedHeader(header).encrypt(await importJWK(publicJwk, ALGORITHM));
}

/** The address in E.164. Throws a `drop` error that says nothing of the content. */
export async function openAddressJwe(jwe: string, privateJwk: JWK): Promise<string> {
  const key = await importJWK(privateJwk, ALGORITHM);
  const plain = await compactDecrypt(jwe, key, { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] }).then(
    ({ plaintext }) => new TextDecoder().decode(plaintext),
    () => {
      throw drop('address: the JWE is malformed, altered or made for another key');
    },
  );
  return normalizeE164(plain);
}
