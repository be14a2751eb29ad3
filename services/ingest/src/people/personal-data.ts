import { AddressKeyer, AddressSealer, Sealer, WamidKeyer, e164OfWaId } from '@daybreak/privacy';
import { Injectable } from '@nestjs/common';

/** How what Meta says of a person is written here: keyed hashes to match by, sealed bytes to answer with. Nothing in clear leaves this service. */
@Injectable()
export class PersonalData {
  constructor(
    private readonly addressKeys: AddressKeyer,
    private readonly wamidKeys: WamidKeyer,
    private readonly addresses: AddressSealer,
    private readonly sealer: Sealer,
  ) {}

  addressKeyOfE164(e164: string): string {
    return this.addressKeys.keyOf(e164);
  }

  /** Empty where Meta gave no phone number: people who write under a user name. */
  addressKeyOf(waId: string | null): string {
    const e164 = waId === null ? undefined : e164OfWaId(waId);
    return e164 === undefined ? '' : this.addressKeys.keyOf(e164);
  }

  wamidHashOf(wamid: string | null): string {
    return wamid === null || wamid === '' ? '' : this.wamidKeys.keyOf(wamid);
  }

  /** Our own display number, by its digits only. */
  displayNumberKeyOf(display: string | null): string {
    const digits = (display ?? '').replaceAll(/\D/g, '');
    return digits === '' ? '' : this.addressKeys.keyOf(digits);
  }

  sealE164(e164: string, recipientId: string): Uint8Array {
    return this.addresses.seal(e164, recipientId);
  }

  /** @param owner whoever the value belongs to: an address key where the recipient is not known */
  sealAddress(waId: string | null, owner: string): Uint8Array {
    const e164 = waId === null ? undefined : e164OfWaId(waId);
    return e164 === undefined ? new Uint8Array() : this.addresses.seal(e164, owner);
  }

  sealText(text: string | null, owner: string): Uint8Array {
    return text === null ? new Uint8Array() : this.sealer.sealBytes(Buffer.from(text, 'utf8'), `text:${owner}`);
  }

  sealWamid(wamid: string, owner: string): Uint8Array {
    return this.sealer.sealBytes(Buffer.from(wamid, 'utf8'), `wamid:${owner}`);
  }

  /** Names an update that nobody can read yet: the same bytes, the same digest. Keyed, for who knows what is in it. */
  digestOf(json: string): string {
    return this.wamidKeys.keyOf(`update:${json}`);
  }

  sealUpdate(bytes: Uint8Array): Uint8Array {
    return this.sealer.sealBytes(bytes, 'update');
  }
}
