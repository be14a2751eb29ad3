import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Breaker } from '../states/breakers.js';
import type { Refusal } from '../states/refusals.js';
import { instantOf } from './instants.js';

/** `breaker` and `told_refusal`, as whoever meets trouble writes them: what comes back is news. */
@Injectable()
export class BreakerRepository {
  /** Returns those that were not there yet, or ended by Meta where a person now has to end them. */
  async save(tx: Sql, breakers: readonly Breaker[]): Promise<Breaker[]> {
    const rows = await tx.query<{ scope: string; key: string }>(
      `insert into breaker (scope, key, fault, opened_at, ended_by)
       select b.scope, b.key, b.fault, ${instantOf('b.opened_ms')}, b.ended_by
       from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[]) as b (scope, key, fault, opened_ms, ended_by)
       order by b.scope, b.key
       on conflict (scope, key) do update set fault = excluded.fault, opened_at = excluded.opened_at, ended_by = excluded.ended_by
         where breaker.ended_by = 'platform' and excluded.ended_by = 'operator'
       returning scope, key`,
      [
        breakers.map((breaker) => breaker.scope),
        breakers.map((breaker) => breaker.key),
        breakers.map((breaker) => breaker.fault),
        breakers.map((breaker) => breaker.openedAtMs),
        breakers.map((breaker) => String(breaker.until)),
      ],
    );
    return breakers.filter((breaker) => rows.some(({ scope, key }) => scope === breaker.scope && key === breaker.key));
  }

  /** Returns those that nobody was told of yet. */
  async saveRefusals(tx: Sql, refusals: readonly Refusal[]): Promise<Refusal[]> {
    const fresh: Refusal[] = [];
    for (const refusal of refusals) {
      const { about, blamed, meaning } = refusal;
      const added = await tx.execute(`insert into told_refusal (about, code, blamed) values ($1, $2, $3) on conflict do nothing`, [
        about,
        meaning.code ?? 0,
        blamed ? `${blamed.scope} ${blamed.key}` : '',
      ]);
      if (added > 0) fresh.push(refusal);
    }
    return fresh;
  }
}
