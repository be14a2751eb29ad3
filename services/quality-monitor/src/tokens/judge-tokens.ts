import type { TokenFinding } from '@daybreak/cloud-api';

/** Can a WABA be reached with the tokens there are, and will it stay so? */
export interface TokenVerdict {
  readonly state: 'ok' | 'degraded' | 'failed';
  readonly detail: string;
}

const WEEK_MS = 7 * 86_400_000;

/** Judges the configured tokens as one WABA needs them: it takes one that is good, and a person for what is wrong with the others. Pure. */
export function judgeTokens(findings: readonly TokenFinding[], wabaId: string, nowMs: number): TokenVerdict {
  const flaws = findings.map((finding) => flawOf(finding, wabaId));
  const troubles = findings.flatMap((finding, i) => flaws[i] ?? endOf(finding, nowMs) ?? []);
  const detail = troubles.join('; ');
  if (flaws.every((flaw) => flaw !== undefined)) return { state: 'failed', detail };
  return troubles.length > 0 ? { state: 'degraded', detail } : { state: 'ok', detail: 'the platform takes every token' };
}

/** Why a token is of no use to the WABA; undefined when it is. */
function flawOf({ index, state, missingScopes, wabaIds }: TokenFinding, wabaId: string): string | undefined {
  const token = `token ${index + 1}`;
  if (state === 'invalid') return `${token} is refused by the platform`;
  if (missingScopes.length > 0) return `${token} lacks ${missingScopes.join(' and ')}`;
  return wabaIds === null || wabaIds.includes(wabaId) ? undefined : `${token} does not reach this WABA`;
}

/** What will end soon although nobody renews it. */
function endOf({ index, state, expiresAtMs, dataAccessExpiresAtMs }: TokenFinding, nowMs: number): string | undefined {
  const token = `token ${index + 1}`;
  if (state === 'expires-soon' && expiresAtMs !== null) return `${token} expires on ${dayOf(expiresAtMs)} and could not be renewed`;
  if (dataAccessExpiresAtMs !== null && dataAccessExpiresAtMs - nowMs < WEEK_MS)
    return `${token} loses its access to data on ${dayOf(dataAccessExpiresAtMs)}`;
  return undefined;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
