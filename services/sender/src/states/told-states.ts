import type { KnownShard } from '../shard/known-shard.js';

/** A shard's state as it came, with the version that orders it. */
export interface ToldShard extends KnownShard {
  readonly untilMs: number | null;
  readonly version: number;
}

/** A business account, as the quality monitor last described it. */
export interface ToldWaba {
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  readonly mode: 'active' | 'restricted' | 'halted';
  readonly reason: string;
  /** Unique recipients in rolling 24 hours, of all numbers of the portfolio; -1 unlimited, 0 not known. */
  readonly portfolioLimit: number;
  readonly version: number;
}

/** A morning, as the scheduler last described it. Instants are epoch ms of the run's clock. */
export interface ToldRun {
  readonly runId: string;
  readonly tenantId: string;
  readonly runDate: string;
  readonly version: number;
  readonly opensAtMs: number;
  readonly firstAttemptsEndAtMs: number;
  readonly closesAtMs: number;
  readonly deadlineAtMs: number;
  readonly liveSealAtMs: number;
  readonly shares: Readonly<Record<string, number>>;
  /** Empty before the freeze. */
  readonly planHash: string;
}

/** A template, as the template manager last described it in all business accounts. */
export interface ToldTemplate {
  readonly family: string;
  readonly language: string;
  readonly templateVersion: string;
  readonly name: string;
  readonly wabas: readonly { readonly wabaId: string; readonly status: string }[];
  readonly version: number;
  readonly changedAtMs: number;
}
