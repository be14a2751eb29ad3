import { timestampDate, timestampMs } from '@bufbuild/protobuf/wkt';
import { PURPOSES, type Consent, type ConsentState as ConsentStateName, type PurposeConsent } from '@daybreak/consent';
import {
  ConsentState,
  enumWord,
  ReadinessState,
  ShardMode,
  TemplateRole,
  WabaMode,
  type ConsentChanged,
  type PurposeConsent as WirePurposeConsent,
  type ReadinessObserved,
  type ShardReported,
  type ShardState,
  type TemplateState,
  type WabaState,
} from '@daybreak/contracts';
import { invalid } from '@daybreak/kernel';
import type { Projections } from '../store/projection.repository.js';

const CONSENT: Readonly<Record<ConsentState, ConsentStateName | undefined>> = {
  [ConsentState.UNSPECIFIED]: undefined, // nothing recorded is no
  [ConsentState.OPTED_IN]: 'opted_in',
  [ConsentState.OPTED_OUT]: 'opted_out',
  [ConsentState.PAUSED]: 'paused',
};

export function toConsent(event: ConsentChanged): Projections['consent'] {
  const purposes: Consent = Object.fromEntries(
    PURPOSES.flatMap((purpose) => {
      const held = event.purposes.find((p) => p.purpose === purpose);
      const known = held === undefined ? undefined : toPurposeConsent(held);
      return known === undefined ? [] : [[purpose, known]];
    }),
  );
  return { recipient_id: event.recipientId, purposes, version: Number(event.version) };
}

function toPurposeConsent(wire: WirePurposeConsent): PurposeConsent | undefined {
  const state = CONSENT[wire.state];
  if (state === undefined) return undefined;
  const sinceMs = wire.since === undefined ? 0 : timestampMs(wire.since);
  return { state, sinceMs, ...(wire.pausedUntil === undefined ? {} : { pausedUntilMs: timestampMs(wire.pausedUntil) }) };
}

export const toTemplateVersion = (event: TemplateState): Projections['template_version'] => ({
  family: event.family,
  language: event.language,
  template_version: event.templateVersion,
  name: event.name,
  role: enumWord(TemplateRole, event.role) ?? 'none', // a role of a newer release is none that this one can plan with
  wabas: event.wabas.map(({ wabaId, status, category }) => ({ wabaId, status, category })),
  body_parameter_names: event.bodyParameterNames,
  named_parameters: event.namedParameters,
  has_image_header: event.hasImageHeader,
  quick_reply_payloads: event.quickReplyPayloads,
  version: Number(event.version),
});

export function toShard(event: ShardState): Projections['shard'] {
  if (event.mode === ShardMode.UNSPECIFIED) throw invalid({ field: 'mode', reason: 'is required' });
  return {
    shard_id: event.shardId,
    phone_number_id: event.phoneNumberId,
    waba_id: event.wabaId,
    business_portfolio_id: event.businessPortfolioId,
    mode: enumWord(ShardMode, event.mode) ?? 'halted', // nothing is planned on what is not understood
    allowed_rate: event.allowedRate,
    weight: event.weight,
    daily_cap: Number(event.dailyCap),
    hourly_cap: Number(event.hourlyCap),
    version: Number(event.version),
  };
}

export function toWaba(event: WabaState): Projections['waba'] {
  if (event.mode === WabaMode.UNSPECIFIED) throw invalid({ field: 'mode', reason: 'is required' });
  return {
    waba_id: event.wabaId,
    business_portfolio_id: event.businessPortfolioId,
    mode: enumWord(WabaMode, event.mode) ?? 'halted', // likewise
    portfolio_messaging_limit: Number(event.portfolioMessagingLimit),
    version: Number(event.version),
  };
}

export function toShardReport(event: ShardReported): Projections['shard_report'] {
  if (event.reportedAt === undefined) throw invalid({ field: 'reported_at', reason: 'is required' });
  return {
    shard_id: event.shardId,
    run_id: event.runId,
    staged: Number(event.staged),
    media_ready: event.mediaReady,
    media_needed: event.mediaNeeded,
    statistics_fresh: event.statisticsFresh,
    paused: event.paused,
    breakers: event.breakers,
    reported_at: timestampDate(event.reportedAt),
  };
}

export function toReadinessFact(event: ReadinessObserved): Projections['readiness_fact'] {
  if (event.observedAt === undefined) throw invalid({ field: 'observed_at', reason: 'is required' });
  return {
    check_id: event.checkId,
    state: enumWord(ReadinessState, event.state) ?? 'unknown',
    detail: event.detail,
    observed_at: timestampDate(event.observedAt),
    stale_at: event.staleAt === undefined ? null : timestampDate(event.staleAt),
  };
}
