import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AuditRecordedSchema, ObservedStatus, ShardReportedSchema, topics, type DeliveryPlanned } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { aDeliveryAttempted, aDeliverySettled, aDeliveryStatusObserved, aShardState, eventually, MORNING } from '@daybreak/testing';
import type { ChainCheck } from '../src/audit/audit-log.js';
import type { RunSummary } from '../src/run/live-runs.js';
import { RunGauges } from '../src/run/run-gauges.js';
import type { RunView } from '../src/run/run-view.js';
import { SealRuns } from '../src/run/seal-runs.js';
import { aMorning, startSlaTracker, type Morning, type SlaTrackerWorld } from './sla-tracker-world.js';

describe('a run', () => {
  let world: SlaTrackerWorld;
  let database: Database;

  beforeAll(async () => {
    world = await startSlaTracker();
    database = world.stack.database('sla-tracker');
  });

  afterAll(() => world.stop());

  /** Everyone accepted and sent. */
  const served = async (morning: Morning): Promise<void> => {
    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(topics.deliveryAttempted, ...morning.planned.map((planned) => aDeliveryAttempted(planned)));
    await world.stack.publish(topics.deliverySettled, ...morning.planned.map((planned) => aDeliverySettled(planned)));
    await world.stack.publish(topics.deliveryStatusObserved, ...morning.planned.map((planned) => aDeliveryStatusObserved(planned)));
    await world.stack.publish(topics.runChanged, morning.changed(1));
    const all = morning.planned.length;
    await eventually(async () =>
      expect(await world.report(morning.runId)).toMatchObject({ planned: all, accepted: all, sent: all, attempts: all }),
    );
  };
  const delivered = (planned: DeliveryPlanned) => aDeliveryStatusObserved(planned, { status: ObservedStatus.DELIVERED });
  const sealed = (morning: Morning, figure: 'live' | 'final') =>
    eventually(async () => expect(await world.report(morning.runId, figure)).toMatchObject({ sealed: true }));

  it('is sealed once its time has come, and nothing that comes later changes that figure', async () => {
    const morning = aMorning('0610', 3);
    await served(morning);

    await world.stack.publish(topics.runChanged, morning.changed(2, { live: true }));
    await sealed(morning, 'live');
    const seal = await world.report(morning.runId);
    await world.stack.publish(topics.deliveryStatusObserved, ...morning.planned.map(delivered));
    await eventually(async () => expect(await world.report(morning.runId, 'now')).toMatchObject({ delivered: 3, sealed: false }));

    expect(await world.report(morning.runId)).toEqual(seal);
    expect(seal).toMatchObject({ sealed: true, sent: 3, delivered: 0, verdict: 'PASS' });

    await world.stack.publish(topics.runChanged, morning.changed(3, { live: true, final: true }));
    await sealed(morning, 'final');

    expect(await world.report(morning.runId, 'final')).toMatchObject({ delivered: 3, onTime: { delivered: 3 } });
    expect(await world.report(morning.runId)).toEqual(seal);
  });

  it('cannot be sealed anew by anybody who has the service’s password', async () => {
    await expect(database.execute(`update seal set report = '{}'`)).rejects.toThrow(/permission denied/);
    await expect(database.execute('delete from seal')).rejects.toThrow(/permission denied/);
    await expect(database.execute(`update audit_log set actor = 'nobody'`)).rejects.toThrow(/permission denied/);
  });

  it('is sealed once, whoever ticks', async () => {
    const morning = aMorning('0611', 1);
    const seals = world.tracker.app.get(SealRuns);
    await served(morning);
    await world.stack.publish(topics.runChanged, morning.changed(2, { live: true, final: true }));
    await eventually(async () =>
      expect(await database.query('select 1 from run where run_id = $1 and version = 2', [morning.runId])).toHaveLength(1),
    );

    await Promise.all(Array.from({ length: 5 }, () => seals.tick()));
    await sealed(morning, 'final');

    const entries = await database.query('select 1 from audit_log where object = $1', [`run/${morning.runId}`]);
    expect(entries).toHaveLength(2);
  });

  it('waits a moment with the live seal while a delivery has no end, and not for ever', async () => {
    const morning = aMorning('0612', 2);
    const [first] = morning.planned as [DeliveryPlanned];
    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(first));
    await world.stack.publish(topics.runChanged, morning.changed(1));
    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ accepted: 1, unresolved: 1 }));
    const startedMs = performance.now();

    await world.stack.publish(topics.runChanged, morning.changed(2, { live: true }));
    await sealed(morning, 'live');

    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
    expect(await world.report(morning.runId)).toMatchObject({ accepted: 1, unresolved: 1, lost: 1 });
  });

  it('keeps the newest of what the scheduler said, whatever comes last', async () => {
    const morning = aMorning('0613', 4);
    await world.stack.publish(topics.runChanged, morning.changed(2));
    const stale = morning.changed(1);
    stale.eligible = 999n;

    await world.stack.publish(topics.runChanged, stale);
    // So many runs that one of them lies on the same partition, behind the stale word.
    const later = Array.from({ length: 8 }, (_, i) => aMorning(`070${i}`, 1));
    await world.stack.publish(topics.runChanged, ...later.map((run) => run.changed(1)));

    for (const run of later) await eventually(async () => expect(await world.report(run.runId)).toBeDefined());
    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ eligible: 4 }));
  });

  it('is listed, newest first, with the verdict of its seal', async () => {
    const runs = await world.get<RunSummary[]>('/runs');

    expect(runs.find((run) => run.runId === 'main-20261122-0610')).toMatchObject({ runDate: '2026-11-22', planned: 3, verdict: 'PASS' });
    expect(runs.find((run) => run.runId === 'main-20261122-0613')).toMatchObject({ verdict: null });
  });

  it('is streamed as it goes, with its numbers', async () => {
    const morning = aMorning('0615', 2);
    await served(morning);
    await world.stack.publish(topics.shardState, aShardState({ displaySuffix: '…0001' }));
    await world.stack.publish(
      topics.shardReported,
      create(ShardReportedSchema, {
        shardId: 'shard-1',
        phoneNumberId: '106540352242922',
        runId: morning.runId,
        owner: 'sender-0',
        epoch: 3n,
        waiting: 1n,
        allowedRate: 76,
        actualRate: 4.5,
        reportedAt: timestampFromMs(MORNING.opensMs),
      }),
    );
    const stream = await world.ask(`/runs/${morning.runId}/events`);
    const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    const views: RunView[] = [];
    let text = '';
    const read = async (): Promise<void> => {
      text += (await reader.read()).value ?? '';
      for (const message of text.split('\n\n').slice(0, -1)) views.push(JSON.parse(/data: (.*)/.exec(message)?.[1] ?? '{}') as RunView);
      text = text.slice(text.lastIndexOf('\n\n') + 2);
    };

    await eventually(async () => {
      await read();
      expect(views.at(-1)).toMatchObject({
        ...{
          runId: morning.runId,
          sent: 2,
          ratio: { sent: 1 },
          projected: { onTime: 2 },
          verdict: 'PASS',
          seals: { live: null, final: null },
        },
        perShard: [
          {
            shardId: 'shard-1',
            role: 'primary',
            mode: 'active',
            displaySuffix: '…0001',
            owner: 'sender-0',
            planned: 2,
            accepted: 2,
            actualRate: 4.5,
          },
        ],
      });
    });
    await world.stack.publish(topics.deliveryStatusObserved, ...morning.planned.map(delivered));
    await eventually(async () => {
      await read();
      expect(views.at(-1)).toMatchObject({ delivered: 2 });
    });

    await reader.cancel();
  });

  it('has its figures in Prometheus, from the rows', async () => {
    const morning = aMorning('0616', 2);
    await served(morning);
    await world.tracker.app.get(RunGauges).refresh();

    const scraped = await (await fetch(`${world.tracker.url}/metrics`)).text();

    const labels = `run_id="${morning.runId}",run_date="2026-11-22"`;
    expect(scraped).toContain(`daybreak_run_recipients{${labels},state="sent_on_time"} 2`);
    expect(scraped).toContain(`daybreak_run_state{run_id="${morning.runId}",state="running"} 1`);
  });

  it('has a page that loads nothing from anywhere else', async () => {
    const page = await fetch(`${world.tracker.url}/`);
    const html = await page.text();

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const parts = [...html.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(parts).toEqual(['page/style.css', 'page/app.js']);
    for (const part of [...parts, 'page/events.js']) expect((await fetch(`${world.tracker.url}/${part}`)).status).toBe(200);
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  it.each([
    ['/runs/main-20261122-2359', 404],
    ['/runs/main-20261122-0610?figure=yesterday', 400],
  ])('%s is answered with %d', async (path, status) => {
    expect((await world.ask(path)).status).toBe(status);
  });

  it.each([
    '/runs',
    '/runs/main-20261122-0610',
    '/runs/main-20261122-0610/events',
    '/runs/main-20261122-0610/deliveries/adv-1',
    '/audit/check',
  ])('tells nothing at %s to whoever does not say who they are', async (path) => {
    expect((await fetch(`${world.tracker.url}${path}`)).status).toBe(401);
  });

  it('has its audit in one chain, each entry once', async () => {
    const recorded = (auditId: string) =>
      create(AuditRecordedSchema, {
        auditId,
        actor: 'user:ops-1',
        action: 'shard.paused',
        object: 'shard/shard-1',
        details: { why: 'test' },
        recordedAt: timestampFromMs(MORNING.opensMs),
      });
    const [first, second] = [recorded(randomUUID()), recorded(randomUUID())];

    await world.stack.publish(topics.auditRecorded, first, second, first);

    await eventually(async () =>
      expect(await database.query('select 1 from audit_log where audit_id = any($1)', [[first.auditId, second.auditId]])).toHaveLength(2),
    );
    const check = await world.get<ChainCheck>('/audit/check');
    expect(check).toMatchObject({ intact: true, brokenAt: null });
    expect(check.entries).toBeGreaterThanOrEqual(6);
  });
});
