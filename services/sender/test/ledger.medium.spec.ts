import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { manualClock } from '@daybreak/kernel';
import { eventually, testStack, type TestStack } from '@daybreak/testing';
import { rowOf, type Claim } from '../src/delivery/claim.js';
import { DeliveryLedger } from '../src/delivery/delivery-ledger.js';
import { settle } from '../src/delivery/delivery-machine.js';
import { DeliveryEventsPublisher } from '../src/outbound/delivery-events.publisher.js';
import { ClaimRepository } from '../src/store/claim.repository.js';
import { DeliveryRepository } from '../src/store/delivery.repository.js';
import { StagingRepository } from '../src/store/staging.repository.js';

const RUN = { runDate: '2026-11-22', runId: 'main-20261122-0600' };
const OPENS_MS = Date.parse('2026-11-22T00:29:30Z');
const LEASE = { shardId: 'shard-1', epoch: 1, owner: 'pod-0' };

/** What happens to rows between their claim and its result, by others than their claimant. */
describe('a result, and a row that is not as it was claimed', () => {
  let stack: TestStack;
  let database: Database;
  let claims: Map<string, Claim>;
  let changed: readonly string[];

  const rows = () =>
    database.query<{ recipient: string; state: string; attempt: number; claims: number; accepted: number; wamid: string }>(
      `select recipient_id as recipient, state::text as state, attempt, claim_number as claims, accepted_attempt as accepted, wamid_hash as wamid
       from delivery order by recipient_id`,
    );

  /** Somebody else has the first row when the change begins, and then wants the last one: whoever has that by then waits in a circle. */
  const whileAnotherLocks = <T>(change: () => Promise<T>): Promise<{ readonly changes: Promise<T> }> =>
    database.transaction(async (tx) => {
      const lock = (recipient: string) => tx.query(`select from delivery where recipient_id = $1 for update`, [recipient]);
      await lock('proved');
      const changes = change();
      await eventually(async () =>
        expect(await tx.query('select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))')).not.toEqual([]),
      );
      await lock('untouched');
      return { changes };
    });

  beforeAll(async () => {
    stack = await testStack({ services: ['sender'] });
    database = stack.database('sender');
    await new StagingRepository(database).ensurePartitions([RUN.runDate]);
    await database.execute(
      `insert into delivery (run_date, delivery_id, run_id, recipient_id, shard_id, content_id, template, critical, due_at, sealed_address, body_parameters)
       select $2::date, ('00000000-0000-4000-8000-00000000000' || n)::uuid, $1, r, 'shard-1', 'c', 't/en', false, to_timestamp($3::float8 / 1000), '', '{}'
       from unnest($4::text[]) with ordinality as t (r, n)`,
      [RUN.runId, RUN.runDate, OPENS_MS, ['proved', 'lost', 'reclaimed', 'untouched']],
    );
    await database.execute(
      `insert into shard_lease (shard_id, epoch, owner, expires_at) values ('shard-1', 1, 'pod-0', now() + interval '1 hour')`,
    );
    const claimed = await new ClaimRepository(database).claimDue({
      ...RUN,
      ...LEASE,
      nowMs: OPENS_MS,
      dueUntilMs: OPENS_MS,
      limit: 10,
      onlyStarted: false,
      onlyCritical: false,
      exceptTemplates: [],
    });
    claims = new Map(claimed.map((claim) => [claim.deliveryId, claim]));
    const others = `update delivery set`;
    await database.execute(`${others} observed_attempt = 1, wamid_hash = 'of the webhook' where recipient_id = 'proved'`);
    await database.execute(`${others} claim_number = 2 where recipient_id = 'reclaimed'`);
    await database.execute(`${others} epoch = 2, state = 'AMBIGUOUS', resolve_at = now() where recipient_id = 'lost'`);

    const clock = manualClock(OPENS_MS);
    const ledger = new DeliveryLedger(database, new DeliveryRepository(), new DeliveryEventsPublisher(new Outbox(clock)), clock);
    const change = () =>
      ledger.change({
        runDate: RUN.runDate,
        rows: { expected: claimed.map(rowOf) },
        closesAtOf: () => undefined,
        decide: (record) => {
          const claim = claims.get(record.deliveryId) as Claim;
          const next = settle(record, { ...claim, settlement: { kind: 'not-posted', dueAtMs: claim.dueAtMs } });
          return next && { next };
        },
      });
    const { changes } = await whileAnotherLocks(change);
    changed = (await changes).map(({ next }) => next.recipientId).toSorted();
  }, 60_000);

  afterAll(() => stack.stop());

  it('writes what is still as it was claimed', async () => {
    expect(await rows()).toContainEqual({ recipient: 'untouched', state: 'QUEUED', attempt: 0, claims: 1, accepted: 0, wamid: '' });
  });

  it('decides again where a webhook was faster', async () => {
    expect(await rows()).toContainEqual({
      recipient: 'proved',
      state: 'ACCEPTED',
      attempt: 1,
      claims: 1,
      accepted: 1,
      wamid: 'of the webhook',
    });
  });

  it('leaves alone what was claimed again, or belongs to the next owner', async () => {
    expect(await rows()).toContainEqual({ recipient: 'reclaimed', state: 'CLAIMED', attempt: 1, claims: 2, accepted: 0, wamid: '' });
    expect(await rows()).toContainEqual({ recipient: 'lost', state: 'AMBIGUOUS', attempt: 1, claims: 1, accepted: 0, wamid: '' });
    expect(changed).toEqual(['proved', 'untouched']);
  });
});
