export { parseKeyring, type Keyring, type SealingKey } from './keyring.js';
export { Sealer, AddressSealer } from './sealer.js';
export { AddressKeyer, WamidKeyer, parsePepper } from './keyed-hash.js';
export { normalizeE164 } from './phone-number.js';
export { openAddressJwe, sealAddressJwe } from './address-jwe.js';
export { scrub, needsScrubbing } from './scrub.js';
export { PrivacyModule, type PrivacyOptions } from './privacy.module.js';
