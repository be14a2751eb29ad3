/** ES2025 `JSON.rawJSON`, which TypeScript's library does not know yet. */
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** An id as Meta writes it in webhooks: a JSON number, however many digits it has. */
export const numericId = (id: string): object => JSON.rawJSON(id);
