import { randomBytes, randomInt } from 'node:crypto';
import { AddressKeyer, AddressSealer, Sealer, WamidKeyer } from '@daybreak/privacy';

/** An Indian mobile number that no other test has. Nobody is ever written to: tests speak to a simulator. */
export const aPhoneNumber = (): string => `+9170000${randomInt(0, 100_000).toString().padStart(5, '0')}`;

/** Keys of this process alone, in the form of the environment variables. */
const keys = { ADDRESS_KEYS: `test:${randomBytes(32).toString('base64')}`, ADDRESS_PEPPER: randomBytes(32).toString('base64') };

const pepper = Buffer.from(keys.ADDRESS_PEPPER, 'base64');
const sealer = new Sealer([{ keyId: 'test', key: Buffer.from(keys.ADDRESS_KEYS.slice('test:'.length), 'base64') }]);

/** What a service under test is configured with, and the same tools on the outside. */
export const testPrivacy = {
  /** ADDRESS_KEYS and ADDRESS_PEPPER for the service's environment. */
  env: keys,
  sealer,
  addresses: new AddressSealer(sealer),
  addressKeys: new AddressKeyer(pepper),
  wamidKeys: new WamidKeyer(pepper),
} as const;

/** A wamid as Meta makes them: base64 with the recipient's digits inside. */
export const aWamid = (e164: string): string =>
  `wamid.${Buffer.concat([Buffer.from([0x1c, 0x18, e164.length - 1]), Buffer.from(e164.slice(1), 'ascii'), Buffer.from([0x15, 0x02, 0x00, 0x11, 0x18, 0x12]), randomBytes(9)]).toString('base64')}`;
