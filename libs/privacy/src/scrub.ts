/*
 * The last net before a text leaves a process: log line, error message, span, dead-letter reason. Code must not put personal data or
 * secrets there to begin with; this removes what slips through.
 */
const PATTERNS: readonly (readonly [replacement: string, source: string])[] = [
  // Kept as they are, and first, so that ten digits inside an id or a hash are not taken for a number.
  ['', String.raw`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=\d*[a-f])[0-9a-f]{32,}\b`],
  ['[wamid]', String.raw`wamid(?:\.|%2E)[A-Za-z0-9+/=_%-]+`],
  ['[token]', String.raw`\bEAA[A-Za-z0-9_-]{8,}`], // Meta's access tokens
  ['[token]', String.raw`\bdbk_[A-Za-z0-9_-]{8,}`], // our own
  ['[token]', String.raw`(?<=\bbearer(?:\s|%20)+)[A-Za-z0-9._~+/=-]{6,}`],
  [
    '[token]',
    String.raw`(?<=\b(?:access_token|fb_exchange_token|input_token|client_secret|appsecret_proof|hub\.verify_token)(?:=|%3D|"\s*:\s*"))[^\s&"\\]+`,
  ],
  // An E.164 number of any country. A digit before the plus makes it a sum, not a number.
  ['[phone]', String.raw`(?<!\d)(?:\+|%2B)[1-9]\d{6,14}(?!\d)`],
  // An Indian mobile number, with or without 91 or a trunk 0, in one piece or in the usual groups.
  ['[phone]', String.raw`(?<!\d)(?:(?:\+|00)?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?!\d)`],
];

const ANY = new RegExp(PATTERNS.map(([, source]) => `(${source})`).join('|'), 'gi');

/** True when the text holds something that `scrub` would replace. */
export const needsScrubbing = (text: string): boolean => scrub(text) !== text;

/** The text without phone numbers, wamids and tokens. Scrubbing twice changes nothing. */
export function scrub(text: string): string {
  return text.replace(ANY, (match: string, ...groups: (string | undefined)[]) => {
    const which = groups.findIndex((group, index) => index < PATTERNS.length && group !== undefined);
    return PATTERNS[which]?.[0] || match;
  });
}
