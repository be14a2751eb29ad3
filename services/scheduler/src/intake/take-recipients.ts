import { CONFIG } from '@daybreak/config';
import type { RecipientUpserted } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { drop } from '@daybreak/kernel';
import { AddressKeyer, AddressSealer, normalizeE164, openAddressJwe } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import type { SchedulerConfig } from '../scheduler.config.js';
import { RecipientRepository, type RecipientRecord } from '../store/recipient.repository.js';
import { recipientReader, type RecipientDraft } from './recipient.mapper.js';
import { sortOut } from './sort-out.js';

/** Keeps who there is. An address is sealed before it is stored anywhere; a tombstone forgets everything. */
@Injectable()
export class TakeRecipients {
  private readonly read: (event: RecipientUpserted) => RecipientDraft;

  constructor(
    private readonly recipients: RecipientRepository,
    private readonly sealer: AddressSealer,
    private readonly keyer: AddressKeyer,
    @Inject(CONFIG) private readonly config: SchedulerConfig,
  ) {
    this.read = recipientReader({ tenantId: config.TENANT_ID, languages: config.LANGUAGES, jweRequired: config.ADDRESS_JWE_REQUIRED });
  }

  async all(received: readonly Received<RecipientUpserted>[]): Promise<readonly Rejection[]> {
    const { taken, gone, rejections } = await sortOut(received, async (event) => this.sealed(this.read(event)));
    await this.recipients.replace(
      gone,
      taken.map(({ value }) => value),
    );
    return rejections;
  }

  private async sealed(draft: RecipientDraft): Promise<RecipientRecord> {
    const { address, ...recipient } = draft;
    if (address.kind === 'none') return { ...recipient, sealedAddress: undefined, addressKey: undefined };
    const e164 = address.kind === 'clear' ? normalizeE164(address.phoneNumber) : await this.opened(address.jwe);
    return { ...recipient, sealedAddress: this.sealer.seal(e164, recipient.recipientId), addressKey: this.keyer.keyOf(e164) };
  }

  private async opened(jwe: string): Promise<string> {
    const key = this.config.ADDRESS_JWE_PRIVATE_KEY;
    if (key === undefined) throw drop('address_jwe: this installation has no key to open it');
    return openAddressJwe(jwe, key);
  }
}
