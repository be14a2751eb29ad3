import { Database } from '@daybreak/database';
import { SHARD_STATE_NAMES, type ShardStateName } from '@daybreak/shards';
import { sendWindowFrom } from '@daybreak/timing';
import { Injectable } from '@nestjs/common';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { Breaker } from '../states/breakers.js';
import type { Control } from '../states/control.js';
import type { ToldTemplate } from '../states/told-states.js';
import { instantOf, msOf } from './instants.js';

/** What other services, operators and other pods said, as the tables have it. */
export interface Look {
  readonly shards: readonly KnownShard[];
  /** Those that may still have something to do. */
  readonly runs: readonly KnownRun[];
  /** Operators' words, by shard; `*` is everybody. */
  readonly controls: ReadonlyMap<string, Control>;
  /** Packs that were recalled, by id. */
  readonly withdrawn: ReadonlySet<string>;
  /** What Meta says of each template, by name, language and account. */
  readonly templates: readonly ToldTemplate[];
  readonly breakers: readonly Breaker[];
  /** When ingest saw the newest status that any pod has read, epoch ms; minus infinity before the first. */
  readonly evidenceUntilMs: number;
  /** Messages that people wrote to a number, by phone number id. */
  readonly inbound: ReadonlyMap<string, number>;
}

/** The rows as JSON has them: few each. What their columns are called is as the fragments below say. */
interface Row {
  readonly shards: readonly (Omit<KnownShard, 'mode'> & { readonly mode: string })[];
  readonly runs: readonly RunRow[];
  readonly controls: readonly (Control & { readonly shardId: string })[];
  readonly withdrawn: readonly string[];
  readonly templates: readonly ToldTemplate[];
  readonly breakers: readonly Breaker[];
  readonly evidenceUntilMs: number | null;
  readonly inbound: Readonly<Record<string, number>>;
}

interface RunRow {
  readonly runId: string;
  readonly runDate: string;
  readonly opensAt: number;
  readonly firstAttemptsEndAt: number;
  readonly closesAt: number;
  readonly deadlineAt: number;
  readonly liveSealAt: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly analyzed: boolean;
}

const SHARDS = `
  select shard_id as "shardId", phone_number_id as "phoneNumberId", waba_id as "wabaId", business_portfolio_id as "businessPortfolioId",
    case role when 'standby' then role else 'primary' end as role, mode, allowed_rate as "allowedRate", throughput_mps as "throughputMps",
    daily_cap as "dailyCap", hourly_cap as "hourlyCap", weight, reason, ${msOf('changed_at')} as "changedAtMs"
  from shard_state`;

/** Of a day around $1, epoch ms. */
const RUNS = `
  select run_id as "runId", to_char(run_date, 'YYYY-MM-DD') as "runDate", ${msOf('opens_at')} as "opensAt", ${msOf('first_attempts_end_at')} as "firstAttemptsEndAt",
    ${msOf('closes_at')} as "closesAt", ${msOf('deadline_at')} as "deadlineAt", ${msOf('coalesce(live_seal_at, deadline_at)')} as "liveSealAt",
    shares, analyzed_rows > 0 as analyzed
  from run where closes_at > ${instantOf('$1')} - interval '1 day'`;

const CONTROLS = `
  select shard_id as "shardId", paused, draining, max_rate as "maxRate", reason, actor, ${msOf('updated_at')} as "updatedAtMs" from shard_control`;

const TEMPLATES = `
  select family, language, template_version as "templateVersion", name, wabas, version, ${msOf('changed_at')} as "changedAtMs" from template_state`;

const BREAKERS = `select scope, key, fault, ${msOf('opened_at')} as "openedAtMs", ended_by as until from breaker`;

const rowsOf = (select: string): string => `(select coalesce(json_agg(row_to_json(r)), '[]') from (${select}) r)`;

/** Reads what a process has to know of what others said. */
@Injectable()
export class LookRepository {
  constructor(private readonly database: Database) {}

  /**
   * All of it in one statement, as it was at one instant: every pod looks twice a second, all day.
   * @param inboundSince epoch seconds of the run's clock, from which on messages to the numbers are counted
   */
  async everything(nowMs: number, inboundSince: number): Promise<Look> {
    const [row] = await this.database.query<Row>(
      `select ${rowsOf(SHARDS)} as shards, ${rowsOf(RUNS)} as runs, ${rowsOf(CONTROLS)} as controls, ${rowsOf(TEMPLATES)} as templates,
         ${rowsOf(BREAKERS)} as breakers, array(select content_pack_id from withdrawn_pack) as withdrawn,
         (select ${msOf('observed_until')} from evidence) as "evidenceUntilMs",
         (select coalesce(json_object_agg(id, messages), '{}')
          from (select phone_number_id as id, sum(messages) as messages from inbound where second >= $2 group by 1) i) as inbound`,
      [nowMs, inboundSince],
    );
    if (row === undefined) throw new Error('a select without a table gives one row');
    return {
      shards: row.shards.map((shard) => ({ ...shard, mode: modeOf(shard.mode) })),
      runs: row.runs.map(toKnownRun),
      controls: new Map(row.controls.map(({ shardId, ...control }) => [shardId, control])),
      withdrawn: new Set(row.withdrawn),
      templates: row.templates,
      breakers: row.breakers,
      evidenceUntilMs: row.evidenceUntilMs ?? Number.NEGATIVE_INFINITY,
      inbound: new Map(Object.entries(row.inbound)),
    };
  }

  breakers(): Promise<Breaker[]> {
    return this.database.query<Breaker>(BREAKERS);
  }

  async runs(nowMs: number): Promise<KnownRun[]> {
    return (await this.database.query<RunRow>(RUNS, [nowMs])).map(toKnownRun);
  }
}

/** A mode that a newer release introduced: nothing is sent on what is not understood. */
const modeOf = (text: string): ShardStateName => SHARD_STATE_NAMES.find((name) => name === text) ?? 'halted';

/** The sender acts between opening and seal: a plan's freeze and staging are past when its rows are here. */
const toKnownRun = ({ runId, runDate, shares, analyzed, ...window }: RunRow): KnownRun => ({
  runId,
  runDate,
  window: sendWindowFrom({ ...window, freezeAt: window.opensAt, stagedBy: window.opensAt, finalSealAt: window.liveSealAt }),
  shares: new Map(Object.entries(shares)),
  analyzed,
});
