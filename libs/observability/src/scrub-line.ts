import { scrub } from '@daybreak/privacy';

/** A log line without personal data and secrets. Still valid JSON, also when a bare number had to go. */
export function scrubLine(line: string): string {
  if (scrub(line) === line) return line; // nearly always: one pass of one expression
  return `${JSON.stringify(scrubValue(JSON.parse(line)))}\n`;
}

function scrubValue(value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'number') return scrub(String(value)) === String(value) ? value : scrub(String(value));
  if (Array.isArray(value)) return value.map(scrubValue);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [scrub(key), scrubValue(member)]));
  }
  return value;
}
