import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { invalid } from '@daybreak/kernel';

/** The shape of nearly every address here; the library needs 30 µs for what this says in a fraction of one. */
const INDIAN_MOBILE = /^\+91[6-9]\d{9}$/;

/**
 * The one way a phone number is written: E.164, `+919812345678`. Takes what people and back offices write (blanks, dashes,
 * a leading 0, no country code for India) and WhatsApp's `wa_id` (no plus). Throws without echoing the text.
 */
export function normalizeE164(text: string): string {
  const trimmed = text.trim();
  const candidate = INDIAN_MOBILE.test(`+${trimmed}`) ? `+${trimmed}` : trimmed;
  if (INDIAN_MOBILE.test(candidate)) return candidate;
  const parsed = parsePhoneNumberFromString(candidate, 'IN') ?? undefined;
  if (parsed?.isValid()) return parsed.number;
  const foreign = /^[1-9]\d{7,14}$/.test(candidate) ? parsePhoneNumberFromString(`+${candidate}`) : undefined; // a foreign wa_id
  if (foreign?.isValid()) return foreign.number;
  throw invalid({ field: 'phone_number', reason: 'not a phone number in E.164 or a form of it' });
}
