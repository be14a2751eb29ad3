import type { ShardStateName } from '@daybreak/shards';
import type { CapPlan, NumberRole } from '../registry/registry.js';
import { capsOf } from './caps.js';

/** What is known of a number. Null: the platform was not read yet, or did not say. */
export interface NumberFacts {
  readonly role: NumberRole;
  /** As the platform writes it; only CONNECTED can send. */
  readonly status: string | null;
  readonly qualityRating: string | null;
  readonly throughputMps: number | null;
  /** Of `health_status`: AVAILABLE, LIMITED or BLOCKED. */
  readonly canSendMessage: string | null;
  /** Epoch ms; set when the rating was RED. */
  readonly cooldownUntilMs: number | null;
  /** Restriction of its WABA; empty when there is none. */
  readonly wabaRestriction: string;
  readonly recent: RecentSends;
  readonly capPlan: CapPlan;
  /** Unique recipients per rolling 24 h of its whole portfolio: -1 unlimited, 0 unknown. */
  readonly messagingLimit: number;
}

/** How a number's sends went over the last `RECENT_MS`. */
export interface RecentSends {
  readonly attempts: number;
  /** For a reason that lies with the number or its account; too many a second is not one. */
  readonly refused: number;
  /** The last minute in which one was refused, epoch ms; null when none was. */
  readonly lastRefusedMinuteMs: number | null;
}

/** By the run's clock. */
export const RECENT_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** Of fewer sends a share says nothing. */
const FEWEST_SENDS = 20;
const REFUSED_SHARE = 0.2;

/** What the number may do now; absolute. */
export interface NumberState {
  readonly mode: ShardStateName;
  /** Messages per second for campaign traffic. */
  readonly allowedRate: number;
  /** Unique recipients it may start per day, and in a rolling hour; 0: no cap of its own. */
  readonly dailyCap: number;
  readonly hourlyCap: number;
  /** Epoch ms at which the mode ends by itself; null when it does not. */
  readonly untilMs: number | null;
  readonly reason: string;
}

/** Meta's default; taken as long as nothing better is known (facts: 80 messages/s in and out). */
export const DEFAULT_THROUGHPUT_MPS = 80;
const RATE_SHARE = { yellow: 0.5, refused: 0.5, cooldown: 0.25 };

/** One number's facts folded into its state: the worst fact decides. Pure; the same facts give the same state. */
export function foldNumber(facts: NumberFacts, nowMs: number): NumberState {
  const rate = facts.throughputMps ?? DEFAULT_THROUGHPUT_MPS;
  const { dailyCap, hourlyCap, warmUp } = capsOf(facts.capPlan, facts.messagingLimit, nowMs);
  const at = (mode: ShardStateName, share: number, reason: string, untilMs: number | null = null): NumberState => ({
    mode,
    allowedRate: rate * share,
    dailyCap,
    hourlyCap,
    untilMs,
    reason,
  });

  if (facts.wabaRestriction !== '') return at('halted', 0, `the WABA is restricted: ${facts.wabaRestriction}`);
  if (facts.status === null) return at('paused', 0, 'the number was not read from the platform yet');
  if (facts.status !== 'CONNECTED') return at('halted', 0, `the platform says ${facts.status}`);
  if (facts.canSendMessage === 'BLOCKED') return at('halted', 0, 'the platform’s health check says BLOCKED');
  if (warmUp?.stage === 'ahead') return at('paused', 0, `its warm-up starts on ${warmUp.startedOn}`, warmUp.startsAtMs);
  if (facts.role === 'standby') return at('standby', 1, 'spare number');
  if (facts.cooldownUntilMs !== null && facts.cooldownUntilMs > nowMs)
    return at('cooldown', RATE_SHARE.cooldown, 'the quality rating was RED', facts.cooldownUntilMs);
  if (facts.qualityRating === 'YELLOW') return at('throttled', RATE_SHARE.yellow, 'the quality rating is YELLOW');
  const { attempts, refused, lastRefusedMinuteMs } = facts.recent;
  if (lastRefusedMinuteMs !== null && attempts >= FEWEST_SENDS && refused / attempts >= REFUSED_SHARE) {
    // Halves what the platform refuses; the sender's own breaker acts within the second, this one lasts.
    return at(
      'throttled',
      RATE_SHARE.refused,
      'a fifth of its recent sends or more was refused',
      lastRefusedMinuteMs + MINUTE_MS + RECENT_MS,
    );
  }
  if (warmUp?.stage === 'under-way') return at('warming', 1, `day ${warmUp.day} of its warm-up`, warmUp.endsAtMs);
  return at('active', 1, facts.canSendMessage === 'LIMITED' ? 'the platform’s health check says LIMITED' : '');
}

/** Throughput behind Meta's word for it. HIGH is lore: an upgrade is believed when its webhook said so. */
export const throughputOf = (level: string | undefined): number | null =>
  level === 'STANDARD' ? DEFAULT_THROUGHPUT_MPS : level === 'HIGH' ? 1_000 : null;

/** The webhook that announces a finished upgrade carries no figure: Meta upgrades to 1 000 messages/s and to nothing else. */
export const throughputFromWebhook = (event: string): number | undefined => (event === 'THROUGHPUT_UPGRADE' ? 1_000 : undefined);
