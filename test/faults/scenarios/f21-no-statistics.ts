import { RUN_DATE, RUN_ID } from '../../morning/run-plan.js';
import { demandAlert } from '../eyes.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/**
 * Nobody may refresh the statistics of the morning's table, and autovacuum is off. The gate must say so of every number before the window opens, and warn
 * somebody; amber, not red, because the morning goes well all the same.
 */
export const scenario: Scenario = {
  id: 'F21',
  title: 'no statistics, autovacuum off',
  invariants: ALL_INVARIANTS,
  async run(context) {
    const partition = `delivery_${RUN_DATE.replaceAll('-', '')}`;
    await context.until(`${partition} exists`, async () => {
      const [row] = await context.sql<{ there: boolean }>('sender', `select to_regclass($1) is not null as there`, [partition]);
      return row?.there === true;
    });
    await context.session('sender', async (admin) => {
      const { rows } = await admin.query<{ role: string }>('select quote_ident(current_schema()) as role');
      await admin.query(`revoke maintain on delivery, ${partition} from ${rows[0]?.role ?? ''}`);
      await admin.query(`alter table ${partition} set (autovacuum_enabled = off)`);
    });
    await context.at(-5);
    const [statistics] = await context.sql<{ tuples: number; rows: string }>(
      'sender',
      `select (select reltuples from pg_class where oid = $1::regclass) as tuples, (select count(*) from ${partition}) as rows`,
      [partition],
    );
    context.bit(`${statistics?.rows} rows are staged; the planner believes in ${statistics?.tuples}`, Number(statistics?.tuples) <= 0);
    const response = await context.morning.ask('scheduler', `/runs/${RUN_ID}/readiness`);
    const readiness = (await response.json()) as { verdict?: string; reasons?: readonly string[] };
    const said = (readiness.reasons ?? []).filter((reason) => reason.startsWith('statistics/'));
    context.note(`readiness: ${readiness.verdict} ${said.join('; ')}`);
    const ofShards = ['shard-1', 'shard-2'].filter((shardId) => said.some((reason) => reason.startsWith(`statistics/${shardId}:`)));
    context.demand(`readiness names the stale statistics of both numbers (${ofShards.join(', ')})`, ofShards.length === 2);
    context.demand(`readiness is not green (${readiness.verdict})`, readiness.verdict === 'GO_DEGRADED' || readiness.verdict === 'NO_GO');
    await demandAlert(context, 'DaybreakRunNotReady', { severity: 'warning', says: /statistics/ });
  },
};
