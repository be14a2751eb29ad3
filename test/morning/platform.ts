import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Advisor } from './population.js';

/** The made-up part of Meta that a demo runs on: one WABA, two primary numbers at 80 messages/s and a spare. */
export const WABA_ID = '200000000000001';
export const PORTFOLIO_ID = '300000000000001';
export const NUMBERS = [
  { shardId: 'shard-1', id: '400000000000001', phoneNumber: '+912240000001', role: 'primary' },
  { shardId: 'shard-2', id: '400000000000002', phoneNumber: '+912240000002', role: 'primary' },
  { shardId: 'shard-3', id: '400000000000003', phoneNumber: '+912240000003', role: 'standby' },
] as const;
export const MESSAGES_PER_SECOND = 80;

const TEMPLATE_TEXTS = {
  en: {
    body: 'Good morning {{name}}, your content for today is ready: {{headline}}. Share it with your clients.',
    more: 'More images',
    stop: 'Stop',
  },
  hi: { body: 'सुप्रभात {{name}}, आज की आपकी सामग्री तैयार है: {{headline}}. इसे अपने ग्राहकों से साझा करें।', more: 'और चित्र', stop: 'बंद करें' },
  mr: { body: 'सुप्रभात {{name}}, आजचा तुमचा मजकूर तयार आहे: {{headline}}. तो तुमच्या ग्राहकांना पाठवा.', more: 'आणखी चित्रे', stop: 'थांबवा' },
} as const;

/** As what the daily pack is filed with Meta, which decides whether caps and holdouts reach it. */
export type PackCategory = 'UTILITY' | 'MARKETING';

const templatesOf = (category: PackCategory): object[] =>
  ['daily_pack_v1', 'daily_pack_v2'].flatMap((name) =>
    Object.entries(TEMPLATE_TEXTS).map(([language, text]) => ({
      wabaId: WABA_ID,
      name,
      language,
      category,
      parameterFormat: 'NAMED',
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U='] } },
        {
          type: 'BODY',
          text: text.body,
          example: {
            body_text_named_params: [
              { param_name: 'name', example: 'Asha' },
              { param_name: 'headline', example: 'Markets at a glance' },
            ],
          },
        },
        { type: 'BUTTONS', buttons: [text.more, text.stop].map((label) => ({ type: 'QUICK_REPLY', text: label })) },
      ],
    })),
  );

export interface PlatformSecrets {
  /** As the services know their app: they ask about their token with id and secret. */
  readonly appId: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly verifyToken: string;
}

/** The simulator's settings file. */
export const simulatorSettings = (
  advisors: readonly Advisor[],
  seed: number,
  secrets: PlatformSecrets,
  category: PackCategory,
): object => ({
  about: 'One morning of the demo.',
  seed,
  apps: [{ id: secrets.appId, secret: secrets.appSecret, verifyToken: secrets.verifyToken }],
  tokens: [{ token: secrets.accessToken, appId: secrets.appId }],
  portfolios: [{ id: PORTFOLIO_ID }],
  wabas: [{ id: WABA_ID, portfolioId: PORTFOLIO_ID }],
  numbers: NUMBERS.map(({ id, phoneNumber }) => ({ id, wabaId: WABA_ID, phoneNumber, throughput: MESSAGES_PER_SECOND })),
  templates: templatesOf(category),
  recipients: {
    // Who is not on WhatsApp is said by name below; nobody writes STOP unasked, so that the figures of a seed stay what they are.
    shares: { notOnWhatsApp: 0, optedOut: 0, stops: 0, taps: 0, capped: 0.001, holdout: 0.000_5, blocks: 0.000_5 },
    explicit: advisors.filter((a) => a.part === 'unreachable').map((a) => ({ phoneNumber: a.phoneNumber, onWhatsApp: false })),
  },
});

const SHIPPED_FAMILIES = 'services/template-manager/config/families.yaml';

/** The families file of the template-manager: the shipped one, filed as this category. */
export async function familiesFile(category: PackCategory): Promise<object> {
  const { families } = parse(await readFile(SHIPPED_FAMILIES, 'utf8')) as { families: { headerImage: string }[] };
  return {
    families: families.map((family) => ({ ...family, category, headerImage: resolve(SHIPPED_FAMILIES, '..', family.headerImage) })),
  };
}

/** The registry of the quality-monitor. */
export const numbersRegistry = (): object => ({
  wabas: [
    {
      wabaId: WABA_ID,
      businessPortfolioId: PORTFOLIO_ID,
      numbers: NUMBERS.map(({ shardId, id, role }) => ({ shardId, phoneNumberId: id, role })),
    },
  ],
});
