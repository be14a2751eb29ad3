import type { Consent } from '@daybreak/consent';
import type { PackAudience } from '@daybreak/delivery';

/** `direct`: a template with the pack's first image. `nudge`: a template without the pack, which follows on a tap. */
export const DELIVERY_MODES = ['direct', 'nudge'] as const;
export type DeliveryModeName = (typeof DELIVERY_MODES)[number];

/** What a plan needs to know of one recipient. */
export interface PlanRecipient {
  readonly recipientId: string;
  readonly language: string;
  readonly segments: readonly string[];
  readonly deliveryMode: DeliveryModeName;
  /** Undefined for a recipient without a phone number. */
  readonly addressKey: string | undefined;
  readonly bodyParameters: Readonly<Record<string, string>>;
  readonly consent: Consent;
  /** Until when Meta wants them left alone with marketing, epoch ms; undefined when it does not. */
  readonly cappedUntilMs: number | undefined;
  /** Packs that name this recipient. */
  readonly namedIn: readonly string[];
}

export interface PackImage {
  readonly sha256: string;
  readonly url: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** An approved pack that serves the run's date. Who is named in a `recipients` pack is known by the recipients. */
export interface PlanPack {
  readonly contentPackId: string;
  /** Undefined for a fallback pack that serves any date. */
  readonly runDate: string | undefined;
  readonly language: string;
  readonly audience: PackAudience['kind'];
  readonly segment: string | undefined;
  readonly critical: boolean;
  readonly contentHash: string;
  readonly headerImage: PackImage;
  readonly bodyParameters: Readonly<Record<string, string>>;
  readonly publishedAtMs: number;
}

/** One template version that template-manager chose as active or standby. */
export interface PlanTemplate {
  readonly family: string;
  readonly language: string;
  readonly templateVersion: string;
  /** As Meta knows it. */
  readonly name: string;
  readonly role: 'active' | 'standby';
  readonly category: string;
  /** WABAs whose numbers may send it. */
  readonly sendableOn: ReadonlySet<string>;
  readonly bodyParameterNames: readonly string[];
  readonly namedParameters: boolean;
  readonly hasImageHeader: boolean;
  readonly quickReplyPayloads: readonly string[];
}

/** A number that takes a share of the plan. */
export interface PlanShard {
  readonly shardId: string;
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  readonly weight: number;
  /** Messages per second. */
  readonly ratePerSecond: number;
  /** Unique recipients that its daily and hourly caps leave for this run; undefined when it has none of its own. */
  readonly capLeft: number | undefined;
}

/** Unique recipients that each business portfolio may still start; a portfolio that is not in here has no known limit. */
export type BudgetsLeft = ReadonlyMap<string, number>;

/** What a plan is made of, besides the recipients. */
export interface PlanInputs {
  readonly packs: readonly PlanPack[];
  readonly templates: readonly PlanTemplate[];
  readonly shards: readonly PlanShard[];
  readonly budgetsLeft: BudgetsLeft;
}

/** Why somebody is not in a plan. */
export const EXCLUSION_REASONS = [
  'no-consent',
  'opted-out',
  'paused',
  'no-address',
  'no-pack',
  'mode-not-supported',
  'no-template',
  'missing-parameter',
  'user-cap',
  'duplicate-address',
  'portfolio-limit',
  'no-capacity',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** Who is left out for such a reason stays in the denominator: it is Meta's answer, and that takes nobody out. */
export const STILL_ELIGIBLE: ReadonlySet<ExclusionReason> = new Set(['user-cap']);
