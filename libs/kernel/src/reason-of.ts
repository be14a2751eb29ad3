/** What an error says of itself, whatever was thrown. By its fields, not its class: Node's own errors belong to another realm in a test. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, code, name } = (error ?? {}) as { message?: string; code?: string; name?: string };
  return message || code || name || 'unknown error'; // a failed connection to several addresses has a code and an empty message
}
