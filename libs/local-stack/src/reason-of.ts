/** What an error says of itself. By its fields, not its class: Node's own errors belong to another realm in a test. */
export function reasonOf(error: unknown): string {
  const { message, code, name } = (error ?? {}) as { message?: string; code?: string; name?: string };
  return message || code || name || 'no answer'; // a failed connection to several addresses has a code and an empty message
}
