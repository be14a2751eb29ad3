import { DeliveryMode, type RecipientUpserted } from '@daybreak/contracts';
import { z } from 'zod';
import type { DeliveryModeName } from '../plan/plan-inputs.js';
import { bodyParameters, instant, publisherId, readBy } from './wire-rules.js';

/** A recipient as the back office says, the address still as it came. */
export interface RecipientDraft {
  readonly recipientId: string;
  readonly tenantId: string;
  readonly language: string;
  readonly segments: readonly string[];
  readonly address:
    { readonly kind: 'clear'; readonly phoneNumber: string } | { readonly kind: 'jwe'; readonly jwe: string } | { readonly kind: 'none' };
  readonly deliveryMode: DeliveryModeName;
  readonly bodyParameters: Readonly<Record<string, string>>;
  readonly updatedAtMs: number;
}

export interface RecipientRules {
  readonly tenantId: string;
  readonly languages: readonly string[];
  /** Refuse addresses in clear. */
  readonly jweRequired: boolean;
}

const MODE: Readonly<Record<DeliveryMode, DeliveryModeName>> = {
  [DeliveryMode.UNSPECIFIED]: 'direct',
  [DeliveryMode.DIRECT]: 'direct',
  [DeliveryMode.NUDGE]: 'nudge',
};

/** Reads the wire form. Throws `invalid` naming every field that is wrong. */
export function recipientReader(rules: RecipientRules): (event: RecipientUpserted) => RecipientDraft {
  const address = z
    .discriminatedUnion('case', [
      z.object({ case: z.literal('phoneNumber'), value: z.string() }),
      z.object({ case: z.literal('addressJwe'), value: z.string() }),
      z.object({ case: z.undefined() }),
    ])
    .transform((given): RecipientDraft['address'] => {
      switch (given.case) {
        case 'phoneNumber':
          return { kind: 'clear', phoneNumber: given.value };
        case 'addressJwe':
          return { kind: 'jwe', jwe: given.value };
        case undefined:
          return { kind: 'none' };
      }
    });
  const schema = z
    .object({
      recipientId: publisherId,
      tenantId: z.literal(rules.tenantId, 'is not a tenant of this installation'),
      language: z.enum(rules.languages, `must be one of ${rules.languages.join(', ')}`),
      segments: z.array(publisherId),
      address,
      businessScopedUserId: z.string(),
      deliveryMode: z.enum(DeliveryMode, 'is not a delivery mode').transform((mode) => MODE[mode]),
      bodyParameters,
      updatedAt: instant,
    })
    .superRefine((event, context) => {
      if (event.address.kind === 'clear' && rules.jweRequired) {
        context.addIssue({ code: 'custom', path: ['phoneNumber'], message: 'addresses in clear are refused here; send address_jwe' });
      }
      if (event.address.kind === 'jwe' && event.address.jwe === '') {
        context.addIssue({ code: 'custom', path: ['addressJwe'], message: 'must not be empty' });
      }
      if (event.address.kind === 'none' && event.businessScopedUserId === '') {
        context.addIssue({ code: 'custom', path: ['address'], message: 'needs phone_number, address_jwe or business_scoped_user_id' });
      }
    });
  return (event) => {
    const { updatedAt, businessScopedUserId: _, ...recipient } = readBy(schema, event);
    return { ...recipient, updatedAtMs: updatedAt };
  };
}
