import { CONFIG } from '@daybreak/config';
import { Global, Module } from '@nestjs/common';
import { AddressKeyer, WamidKeyer } from './keyed-hash.js';
import type { Keyring } from './keyring.js';
import { AddressSealer, Sealer } from './sealer.js';

/** What `privacyConfig` of the config lib gives, as far as it is needed here. */
interface PrivacyConfig {
  readonly ADDRESS_KEYS: Keyring;
  readonly ADDRESS_PEPPER: Uint8Array;
}

/** Provides `Sealer`, `AddressSealer`, `AddressKeyer` and `WamidKeyer` to the whole service, from its `privacyConfig`. */
@Global()
@Module({
  providers: [
    { provide: Sealer, inject: [CONFIG], useFactory: (config: PrivacyConfig) => new Sealer(config.ADDRESS_KEYS) },
    { provide: AddressSealer, inject: [Sealer], useFactory: (sealer: Sealer) => new AddressSealer(sealer) },
    { provide: AddressKeyer, inject: [CONFIG], useFactory: (config: PrivacyConfig) => new AddressKeyer(config.ADDRESS_PEPPER) },
    { provide: WamidKeyer, inject: [CONFIG], useFactory: (config: PrivacyConfig) => new WamidKeyer(config.ADDRESS_PEPPER) },
  ],
  exports: [Sealer, AddressSealer, AddressKeyer, WamidKeyer],
})
export class PrivacyModule {}
