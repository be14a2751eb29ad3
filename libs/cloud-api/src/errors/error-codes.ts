/**
 * Every code that Meta documents, or is known to answer, for the WhatsApp Business Cloud API.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */
export const KNOWN_CODES = [
  // Graph
  0, 1, 2, 3, 4, 10, 17, 33, 100, 104, 190, 192, 200, 368, 613, 803, 80007, 80008,
  // Messages
  130403, 130429, 130472, 130497, 131000, 131005, 131008, 131009, 131014, 131016, 131021, 131026, 131030, 131031, 131036, 131037, 131042,
  131043, 131044, 131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053, 131055, 131056, 131057, 131059, 131060, 131061, 131062,
  131063, 131064,
  // Templates
  132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132021, 132068, 132069, 141002,
  // Registration
  133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 133016,
  // Payments, marketing messages, portfolio pacing, identity
  134011, 134100, 134101, 134102, 135000, 136025, 137000, 1752041,
  // Insights, template management, migration, coexistence
  200005, 200006, 200007, 2388019, 2388039, 2388040, 2388047, 2388072, 2388073, 2388103, 2388293, 2388299, 2494100, 2593107, 2593108,
] as const;

export type KnownCode = (typeof KNOWN_CODES)[number];

const known: ReadonlySet<number> = new Set(KNOWN_CODES);

/** Whether the table has a row for it. */
export const isKnownCode = (code: number): code is KnownCode => known.has(code);
