import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { DeliveryMode, RecipientUpsertedSchema, type RecipientUpserted } from '@daybreak/contracts';
import { seededRandom } from '@daybreak/kernel';

/** Who is who among the advisors of a demo. Small groups keep their share when there are more advisors. */
export type Part =
  | 'ordinary'
  /** In a segment for which nothing was approved: gets the language's fallback. */
  | 'without-pack'
  /** Opted in once, and wrote STOP before the freeze. */
  | 'opted-out'
  /** Writes STOP when the window opens. */
  | 'stops-in-window'
  /** The back office holds no opt-in. */
  | 'never-opted-in'
  /** Not on WhatsApp: Meta says 131026. */
  | 'unreachable';

export interface Advisor {
  readonly recipientId: string;
  readonly phoneNumber: string;
  readonly name: string;
  readonly language: 'en' | 'hi' | 'mr';
  readonly segment: string;
  readonly part: Part;
}

const LANGUAGES = [
  { language: 'en', share: 0.5, names: ['Asha', 'Rahul', 'Fatima', 'Joseph', 'Meera', 'Vikram', 'Anita', 'Sanjay'] },
  { language: 'hi', share: 0.3, names: ['आशा', 'राहुल', 'सुनीता', 'अमित', 'पूजा', 'मनोज', 'कविता', 'दीपक'] },
  { language: 'mr', share: 0.2, names: ['सायली', 'अनिकेत', 'मृणाल', 'स्वप्नील', 'प्राजक्ता', 'रोहन', 'अश्विनी', 'तेजस'] },
] as const;

export const SEGMENTS = ['mutual-funds', 'insurance'] as const;
const SEGMENT_WITHOUT_PACK = 'estate-planning';

/** Per 850 advisors. The unreachable ones cost 0.35 % of the figure, inside the objective of 99 %. */
const GROUPS: readonly (readonly [Part, number])[] = [
  ['without-pack', 3],
  ['opted-out', 4],
  ['never-opted-in', 2],
  ['stops-in-window', 2],
  ['unreachable', 3],
];
const GROUPS_ARE_PER = 850;

/** The advisors of a demo: the same seed gives the same people. No two share a phone number. */
export function advisorsOf(count: number, seed: number): Advisor[] {
  const random = seededRandom(`advisors/${seed}`);
  const parts = GROUPS.flatMap(([part, per850]) =>
    Array.from({ length: Math.max(1, Math.round((per850 * count) / GROUPS_ARE_PER)) }, () => part),
  );
  // Spread over everybody, so that no group is all of one language or at one end of the plan.
  const stride = Math.floor(count / parts.length);
  return Array.from({ length: count }, (_, index) => {
    const part = index % stride === 0 ? (parts[index / stride] ?? 'ordinary') : 'ordinary';
    const drawn = random.next();
    const language = drawn < 0.5 ? LANGUAGES[0] : drawn < 0.8 ? LANGUAGES[1] : LANGUAGES[2];
    return {
      recipientId: `advisor-${String(index + 1).padStart(6, '0')}`,
      // Ten digits that begin with 9 are a mobile number in India; the last six count, so they are unique.
      phoneNumber: `+9198${random.int(10, 99)}${String(index + 1).padStart(6, '0')}`,
      name: random.pick(language.names),
      language: language.language,
      segment: part === 'without-pack' ? SEGMENT_WITHOUT_PACK : random.pick(SEGMENTS),
      part,
    };
  });
}

/** The event another team's back office publishes of an advisor; the address travels as a JWE to Daybreak's public key. */
export const recipientOf = (advisor: Advisor, addressJwe: string, atMs: number): RecipientUpserted =>
  create(RecipientUpsertedSchema, {
    recipientId: advisor.recipientId,
    tenantId: 'main',
    language: advisor.language,
    segments: [advisor.segment],
    address: { case: 'addressJwe', value: addressJwe },
    deliveryMode: DeliveryMode.DIRECT,
    bodyParameters: { name: advisor.name },
    optIns:
      advisor.part === 'never-opted-in'
        ? []
        : [
            {
              purpose: 'content',
              givenAt: timestampFromMs(atMs - 30 * 86_400_000),
              source: 'web-form',
              wording: 'Yes, send me the daily content pack on WhatsApp.',
              noticeVersion: '2026-04',
            },
          ],
    updatedAt: timestampFromMs(atMs),
  });
