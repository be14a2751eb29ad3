import { parsePhoneNumberFromString, type PhoneNumber as ParsedNumber } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.min';

/** A phone number as libphonenumber reads it; undefined where it is none. `callingCode` is for digits without a plus. */
export const readPhoneNumber = (text: string, callingCode?: string): ParsedNumber | undefined =>
  parsePhoneNumberFromString(text, callingCode === undefined ? {} : { defaultCallingCode: callingCode }, metadata);
