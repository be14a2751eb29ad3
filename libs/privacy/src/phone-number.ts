import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.min';
import { invalid } from '@daybreak/kernel';

/** The shape of nearly every address here; the library would need a hundred times as long to say the same. */
const INDIAN_MOBILE = /^\+91[6-9]\d{9}$/;

/**
 * The one way a phone number is written: E.164, `+919812345678`. Takes what people and back offices write: blanks, dashes, brackets,
 * a leading 0 or 00, no country code for India. Throws without echoing the text.
 */
export function normalizeE164(text: string): string {
  if (INDIAN_MOBILE.test(text)) return text;
  const parsed = parsePhoneNumberFromString(text, 'IN', metadata);
  if (parsed && (INDIAN_MOBILE.test(parsed.number) || parsed.isValid())) return parsed.number;
  throw invalid({ field: 'phone_number', reason: 'is not a phone number in E.164 or a usual form of it' });
}

/** E.164 of a `wa_id`, which is Meta's own spelling without the plus; undefined where Meta gave something else. */
export const e164OfWaId = (waId: string): string | undefined => (/^[1-9]\d{6,14}$/.test(waId) ? `+${waId}` : undefined);
