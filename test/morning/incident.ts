import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import {
  AlertSeverity,
  ReadinessVerdict,
  ShardMode,
  TemplateRole,
  WabaMode,
  type AlertRaised,
  type DeliveryMoved,
  type RunChanged,
  type ShardReported,
  type ShardState,
  type TemplateState,
  type WabaState,
} from '@daybreak/contracts';

/** One line of a morning's story. */
export interface Incident {
  readonly atMs: number;
  readonly kind: 'gate' | 'number' | 'account' | 'template' | 'breaker' | 'move' | 'alert';
  readonly what: string;
}

/** Everything that the topics told of a morning, as far as the story needs it. In any order. */
export interface Told {
  readonly alerts: readonly AlertRaised[];
  readonly moves: readonly DeliveryMoved[];
  readonly runs: readonly RunChanged[];
  readonly shards: readonly ShardState[];
  readonly reports: readonly ShardReported[];
  readonly templates: readonly TemplateState[];
  readonly wabas: readonly WabaState[];
}

const SECOND_MS = 1_000;

/** What happened and what was done about it, oldest first. How things were before anything happened is no incident. */
export function incidentsOf(told: Told): Incident[] {
  return [
    ...gates(told.runs),
    ...numbers(told.shards),
    ...accounts(told.wabas),
    ...templates(told.templates),
    ...breakers(told.reports),
    ...moves(told.moves),
    ...told.alerts.map(toIncident),
  ].sort((a, b) => a.atMs - b.atMs);
}

const VERDICT = {
  [ReadinessVerdict.UNSPECIFIED]: undefined,
  [ReadinessVerdict.GO]: 'GO',
  [ReadinessVerdict.GO_DEGRADED]: 'GO-DEGRADED',
  [ReadinessVerdict.NO_GO]: 'NO-GO',
} as const;

function gates(runs: readonly RunChanged[]): Incident[] {
  const said = runs.flatMap(({ readiness }): Incident[] => {
    const verdict = readiness && VERDICT[readiness.verdict];
    if (verdict === undefined) return [];
    return [{ atMs: at(readiness?.judgedAt), kind: 'gate', what: [verdict, ...(readiness?.reasons ?? [])].join('; ') }];
  });
  return changes(
    said,
    () => '',
    ({ what }) => what,
  );
}

function numbers(states: readonly ShardState[]): Incident[] {
  return troubles(
    states,
    (s) => s.shardId,
    (s) => `${s.mode} ${s.allowedRate}`,
    (s) => ![ShardMode.ACTIVE, ShardMode.STANDBY, ShardMode.PAUSED].includes(s.mode), // paused: not read yet
  ).map((s) => ({
    atMs: at(s.changedAt),
    kind: 'number',
    what: `${s.shardId} is ${ShardMode[s.mode].toLowerCase()}, ${s.allowedRate}/s${because(s.reason)}`,
  }));
}

function accounts(states: readonly WabaState[]): Incident[] {
  return troubles(
    states,
    (s) => s.wabaId,
    (s) => `${s.mode} ${s.reason}`,
    (s) => s.mode !== WabaMode.ACTIVE,
  ).map((s) => ({ atMs: at(s.changedAt), kind: 'account', what: `${s.wabaId} is ${WabaMode[s.mode].toLowerCase()}${because(s.reason)}` }));
}

function templates(states: readonly TemplateState[]): Incident[] {
  return troubles(
    states,
    (s) => `${s.name}/${s.language}`,
    (s) => `${s.role} ${s.reason}`,
    (s) => s.reason !== '',
  ).map((s) => ({ atMs: at(s.changedAt), kind: 'template', what: `${s.name}/${s.language} is ${ROLE[s.role]}${because(s.reason)}` }));
}

const ROLE = {
  [TemplateRole.UNSPECIFIED]: 'unknown',
  [TemplateRole.ACTIVE]: 'active',
  [TemplateRole.STANDBY]: 'the standby',
  [TemplateRole.NONE]: 'not to be used',
} as const;

/** The first time that any shard reports each of them. */
function breakers(reports: readonly ShardReported[]): Incident[] {
  const first = new Map<string, number>();
  for (const { breakers: open, reportedAt } of reports)
    for (const breaker of open) first.set(breaker, Math.min(first.get(breaker) ?? Number.POSITIVE_INFINITY, at(reportedAt)));
  return [...first].map(([breaker, atMs]) => ({ atMs, kind: 'breaker', what: `opened: ${breaker}` }));
}

/** Moves of one transaction are one line. */
function moves(moved: readonly DeliveryMoved[]): Incident[] {
  const together = Map.groupBy(moved, (m) => `${m.fromShardId} ${m.toShardId} ${m.reason} ${Math.floor(at(m.movedAt) / SECOND_MS)}`);
  return [...together.values()].map((of) => {
    const [{ fromShardId, toShardId, reason, movedAt }] = of as [DeliveryMoved];
    return { atMs: at(movedAt), kind: 'move', what: `${of.length} deliveries moved from ${fromShardId} to ${toShardId}${because(reason)}` };
  });
}

const toIncident = ({ alertName, severity, summary, resolved, raisedAt }: AlertRaised): Incident => ({
  atMs: at(raisedAt),
  kind: 'alert',
  what: `${alertName} (${resolved ? 'resolved' : AlertSeverity[severity].toLowerCase()}): ${summary}`,
});

/** Of each thing, what it changed to from its first trouble on: what it was before that is how things are. */
function troubles<T extends { readonly changedAt?: Timestamp | undefined }>(
  states: readonly T[],
  keyOf: (state: T) => string,
  sayingOf: (state: T) => string,
  isTrouble: (state: T) => boolean,
): T[] {
  const troubled = new Set<string>();
  return changes(states, keyOf, sayingOf).filter((state) => {
    if (isTrouble(state)) troubled.add(keyOf(state));
    return troubled.has(keyOf(state));
  });
}

/** Of each thing, its states in order, without those that say the same as the one before. */
function changes<T extends { readonly atMs: number } | { readonly changedAt?: Timestamp | undefined }>(
  states: readonly T[],
  keyOf: (state: T) => string,
  sayingOf: (state: T) => string,
): T[] {
  const instantOf = (state: T): number => ('atMs' in state ? state.atMs : at(state.changedAt));
  const said = new Map<string, string>();
  return states
    .toSorted((a, b) => instantOf(a) - instantOf(b))
    .filter((state) => {
      const isNews = said.get(keyOf(state)) !== sayingOf(state);
      said.set(keyOf(state), sayingOf(state));
      return isNews;
    });
}

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`);

const at = (instant: Timestamp | undefined): number => (instant === undefined ? 0 : timestampMs(instant));
