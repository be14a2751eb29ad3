export type { Keyring, SealingKey } from './keyring.js';
export { Sealer, AddressSealer } from './sealer.js';
export { AddressKeyer, WamidKeyer } from './keyed-hash.js';
export { normalizeE164, e164OfWaId } from './phone-number.js';
export { openAddressJwe, sealAddressJwe } from './address-jwe.js';
export { scrub, needsScrubbing } from './scrub.js';
export { PrivacyModule } from './privacy.module.js';
