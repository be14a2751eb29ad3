import { Module, type DynamicModule } from '@nestjs/common';
import { AddressKeyer, WamidKeyer, parsePepper } from './keyed-hash.js';
import { parseKeyring } from './keyring.js';
import { AddressSealer, Sealer } from './sealer.js';

/** What `privacyConfig` of the config lib gives, as far as it is needed here. */
export interface PrivacyOptions {
  readonly ADDRESS_KEYS: string;
  readonly ADDRESS_PEPPER: string;
}

/** Provides `Sealer`, `AddressSealer`, `AddressKeyer` and `WamidKeyer` to the whole service. */
@Module({})
export class PrivacyModule {
  static for(options: PrivacyOptions): DynamicModule {
    const sealer = new Sealer(parseKeyring(options.ADDRESS_KEYS));
    const pepper = parsePepper(options.ADDRESS_PEPPER);
    const providers = [
      { provide: Sealer, useValue: sealer },
      { provide: AddressSealer, useValue: new AddressSealer(sealer) },
      { provide: AddressKeyer, useValue: new AddressKeyer(pepper) },
      { provide: WamidKeyer, useValue: new WamidKeyer(pepper) },
    ];
    return { module: PrivacyModule, global: true, providers, exports: providers.map((p) => p.provide) };
  }
}
