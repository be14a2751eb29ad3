import type { Consent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import type { ShardStateName } from '@daybreak/shards';
import { Injectable } from '@nestjs/common';
import type { FactState } from '../run/readiness.js';
import { newestByKey } from './newest-by-key.js';

/** What the tables of other services' states hold, by column. */
export interface Projections {
  consent: { recipient_id: string; purposes: Consent; version: number };
  template_version: {
    family: string;
    language: string;
    template_version: string;
    name: string;
    role: 'active' | 'standby' | 'none';
    wabas: readonly { readonly wabaId: string; readonly status: string; readonly category: string }[];
    body_parameter_names: readonly string[];
    named_parameters: boolean;
    has_image_header: boolean;
    quick_reply_payloads: readonly string[];
    version: number;
  };
  shard: {
    shard_id: string;
    phone_number_id: string;
    waba_id: string;
    business_portfolio_id: string;
    mode: ShardStateName;
    allowed_rate: number;
    weight: number;
    daily_cap: number;
    hourly_cap: number;
    version: number;
  };
  waba: {
    waba_id: string;
    business_portfolio_id: string;
    mode: 'active' | 'restricted' | 'halted';
    portfolio_messaging_limit: number;
    version: number;
  };
  shard_report: {
    shard_id: string;
    run_id: string;
    staged: number;
    media_ready: number;
    media_needed: number;
    statistics_fresh: boolean;
    paused: boolean;
    breakers: readonly string[];
    reported_at: Date;
  };
  readiness_fact: { check_id: string; state: FactState; detail: string; observed_at: Date; stale_at: Date | null };
}

export type ProjectionName = keyof Projections;

interface Shape<Columns> {
  readonly columns: Readonly<Record<keyof Columns, string>>;
  /** Together as the topic's key has them, joined by `/`. */
  readonly key: readonly (keyof Columns & string)[];
  /** A row with a smaller one is stale. */
  readonly newestBy: keyof Columns & string;
}

const SHAPES: { readonly [N in ProjectionName]: Shape<Projections[N]> } = {
  consent: { columns: { recipient_id: 'text', purposes: 'jsonb', version: 'bigint' }, key: ['recipient_id'], newestBy: 'version' },
  template_version: {
    columns: {
      family: 'text',
      language: 'text',
      template_version: 'text',
      name: 'text',
      role: 'text',
      wabas: 'jsonb',
      body_parameter_names: 'text[]',
      named_parameters: 'boolean',
      has_image_header: 'boolean',
      quick_reply_payloads: 'text[]',
      version: 'bigint',
    },
    key: ['family', 'language', 'template_version'],
    newestBy: 'version',
  },
  shard: {
    columns: {
      shard_id: 'text',
      phone_number_id: 'text',
      waba_id: 'text',
      business_portfolio_id: 'text',
      mode: 'text',
      allowed_rate: 'double precision',
      weight: 'double precision',
      daily_cap: 'bigint',
      hourly_cap: 'bigint',
      version: 'bigint',
    },
    key: ['shard_id'],
    newestBy: 'version',
  },
  waba: {
    columns: { waba_id: 'text', business_portfolio_id: 'text', mode: 'text', portfolio_messaging_limit: 'bigint', version: 'bigint' },
    key: ['waba_id'],
    newestBy: 'version',
  },
  shard_report: {
    columns: {
      shard_id: 'text',
      run_id: 'text',
      staged: 'bigint',
      media_ready: 'integer',
      media_needed: 'integer',
      statistics_fresh: 'boolean',
      paused: 'boolean',
      breakers: 'text[]',
      reported_at: 'timestamptz',
    },
    key: ['shard_id'],
    newestBy: 'reported_at',
  },
  readiness_fact: {
    columns: { check_id: 'text', state: 'text', detail: 'text', observed_at: 'timestamptz', stale_at: 'timestamptz' },
    key: ['check_id'],
    newestBy: 'observed_at',
  },
};

/** Mirrors of compacted topics: upserted in batches, an older state never replaces a newer one. */
@Injectable()
export class ProjectionRepository {
  constructor(private readonly database: Database) {}

  async put<N extends ProjectionName>(name: N, rows: readonly Projections[N][]): Promise<void> {
    if (rows.length === 0) return;
    const { key, newestBy } = SHAPES[name];
    const newest = newestByKey(
      rows,
      (row) => key.map((column) => String(row[column])).join('/'),
      (row) => Number(row[newestBy]),
    );
    await this.database.execute(upsertSql(name), [JSON.stringify(newest)]);
  }

  async forget(name: ProjectionName, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.database.execute(`delete from ${name} where ${SHAPES[name].key.join(` || '/' || `)} = any($1::text[])`, [keys]);
  }
}

function upsertSql(name: ProjectionName): string {
  const { columns, key, newestBy } = SHAPES[name] as Shape<Record<string, unknown>>;
  const names = Object.keys(columns);
  const typed = names.map((column) => `${column} ${columns[column]}`);
  const set = names.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`);
  return `insert into ${name} (${names.join(', ')})
    select ${names.join(', ')} from jsonb_to_recordset($1::jsonb) as r(${typed.join(', ')})
    on conflict (${key.join(', ')}) do update set ${set.join(', ')}
    where excluded.${newestBy} >= ${name}.${newestBy}`;
}
