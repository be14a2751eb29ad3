import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NEEDED_SCOPES } from '@daybreak/cloud-api';
import {
  AccountObservedSchema,
  AlertSeverity,
  AttemptOutcome,
  DeliveryAttemptedSchema,
  PhoneNumberObservedSchema,
  ReadinessState,
  ShardMode,
  ShardRole,
  topics,
  WabaMode,
  type AlertRaised,
  type ReadinessObserved,
  type ShardState,
  type WabaState,
} from '@daybreak/contracts';
import { localDateOf, plusLocalDays } from '@daybreak/timing';
import { eventually, startInTest, testStack, type InTest, type TestStack, type Watched } from '@daybreak/testing';
import { qualityMonitorConfig } from '../src/quality-monitor.config.js';
import { QualityMonitorModule } from '../src/quality-monitor.module.js';

const WABA_ID = '200000000000001';
const PRIMARY = '400000000000001';
const SPARE = '400000000000002';
const NEW_NUMBER = '400000000000003';
const RENEWED = 'a-token-that-was-renewed';
const DAY_S = 86_400;

/** The platform's reads, as they stand. */
const platform: Record<string, Record<string, unknown>> = {
  [PRIMARY]: {
    status: 'CONNECTED',
    quality_rating: 'GREEN',
    throughput: { level: 'STANDARD' },
    whatsapp_business_manager_messaging_limit: 'TIER_10K',
    display_phone_number: '+91 22 4000 0001',
  },
  [SPARE]: { status: 'CONNECTED', quality_rating: 'GREEN', throughput: { level: 'STANDARD' }, display_phone_number: '+91 22 4000 0002' },
  [NEW_NUMBER]: { status: 'CONNECTED', quality_rating: 'UNKNOWN', throughput: { level: 'STANDARD' } },
};

/** How the platform was asked. */
const asked = new Set<string>();

/** What `debug_token` says of the one token there is. */
const token: Record<string, unknown> = { is_valid: true, expires_at: 0, scopes: [...NEEDED_SCOPES] };

describe('the quality monitor', () => {
  let stack: TestStack;
  let graph: Server;
  let folder: string;
  let shards: Watched<ShardState>;
  let wabas: Watched<WabaState>;
  let readiness: Watched<ReadinessObserved>;
  let alerts: Watched<AlertRaised>;
  const monitors: InTest[] = [];

  const startMonitor = async (): Promise<void> => {
    const env = stack.env('quality-monitor', {
      CLOUD_API_BASE_URL: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
      NUMBERS_FILE: join(folder, 'numbers.yaml'),
      NUMBER_CHECK_MS: '1000',
    });
    monitors.push(await startInTest(QualityMonitorModule, qualityMonitorConfig, env, { group: 'quality-monitor' }));
  };
  const last = (shardId: string): ShardState | undefined => shards.events.findLast((e) => e.shardId === shardId);

  beforeAll(async () => {
    stack = await testStack({ services: ['quality-monitor'] });
    folder = await mkdtemp(join(tmpdir(), 'daybreak-quality-'));
    await writeFile(
      join(folder, 'numbers.yaml'),
      JSON.stringify({
        wabas: [
          {
            wabaId: WABA_ID,
            businessPortfolioId: '300000000000001',
            numbers: [
              { shardId: 'shard-1', phoneNumberId: PRIMARY, role: 'primary' },
              { shardId: 'shard-2', phoneNumberId: SPARE, role: 'standby' },
              {
                shardId: 'shard-3',
                phoneNumberId: NEW_NUMBER,
                role: 'primary',
                hourlyCap: 90,
                dailyCap: 700,
                warmUp: { startedOn: plusLocalDays(localDateOf(Date.now()), -1), firstDayCap: 500, targetCap: 100_000 },
              },
            ],
          },
        ],
      }),
    );
    graph = createServer((request, response) => {
      asked.add(request.headers.authorization ?? '');
      const path = new URL(request.url ?? '/', 'http://graph').pathname.split('/').at(-1) ?? '';
      const exchanged = { access_token: RENEWED, token_type: 'bearer', expires_in: 60 * DAY_S };
      const body = path === 'access_token' ? exchanged : path === 'debug_token' ? { data: token } : platform[path];
      response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body === undefined ? { error: { code: 2, message: 'away' } } : { id: path, ...body }));
    });
    await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
    [shards, wabas, readiness, alerts] = await Promise.all([
      stack.watch(topics.shardState),
      stack.watch(topics.wabaState),
      stack.watch(topics.readinessObserved),
      stack.watch(topics.alertRaised),
    ]);
    await startMonitor();
  });

  afterAll(async () => {
    for (const monitor of monitors) await monitor.stop();
    graph.closeAllConnections();
    graph.close();
    await rm(folder, { recursive: true, force: true });
    await stack.stop();
  });

  it('publishes one state per number and WABA, from the registry and the platform', async () => {
    await eventually(() => expect(last('shard-1')?.mode).toBe(ShardMode.ACTIVE));
    expect(last('shard-1')).toMatchObject({
      phoneNumberId: PRIMARY,
      wabaId: WABA_ID,
      role: ShardRole.PRIMARY,
      allowedRate: 80,
      throughputMps: 80,
      weight: 1,
      displaySuffix: '0001',
    });
    await eventually(() => expect(last('shard-2')).toMatchObject({ role: ShardRole.STANDBY, mode: ShardMode.STANDBY, weight: 0 }));
    await eventually(() =>
      expect(wabas.events.at(-1)).toMatchObject({ wabaId: WABA_ID, mode: WabaMode.ACTIVE, portfolioMessagingLimit: 10_000n }),
    );
    await eventually(() =>
      expect(readiness.events.filter((f) => f.state === ReadinessState.OK).map((f) => f.checkId)).toEqual(
        expect.arrayContaining([`token/${WABA_ID}`, 'number-connected/shard-1', 'number-connected/shard-2']),
      ),
    );
  });

  it('publishes the caps of a number that warms up, and when it will be warm', async () => {
    await eventually(() =>
      expect(last('shard-3')).toMatchObject({ mode: ShardMode.WARMING, allowedRate: 80, dailyCap: 700n, hourlyCap: 90n, weight: 1 }),
    );
    expect(last('shard-3')?.reason).toMatch(/^day \d of its warm-up$/);
    expect(last('shard-3')?.until).toBeDefined();
    expect(last('shard-1')).toMatchObject({ dailyCap: 0n, hourlyCap: 0n });
  });

  it('publishes nothing again while nothing changes, also with a second replica', async () => {
    await eventually(() => expect(last('shard-2')?.mode).toBe(ShardMode.STANDBY));
    const before = shards.events.length;
    const rounds = readiness.events.length;

    await startMonitor();

    await eventually(() => expect(readiness.events.length).toBeGreaterThan(rounds + 9));
    expect(shards.events).toHaveLength(before);
  });

  it('takes an upgrade from its webhook, and a ban of the account as a halt of its numbers', async () => {
    platform[SPARE] = { ...platform[SPARE], throughput: { level: 'UPGRADED' } }; // a word nobody documents
    await stack.publish(
      topics.phoneNumberObserved,
      create(PhoneNumberObservedSchema, { phoneNumberId: SPARE, wabaId: WABA_ID, event: 'THROUGHPUT_UPGRADE' }),
    );
    await eventually(() => expect(last('shard-2')?.throughputMps).toBe(1_000));

    await stack.publish(
      topics.accountObserved,
      create(AccountObservedSchema, { wabaId: WABA_ID, field: 'account_update', event: 'DISABLED_UPDATE', details: ['DISABLE'] }),
    );
    await eventually(() =>
      expect(last('shard-1')).toMatchObject({ mode: ShardMode.HALTED, allowedRate: 0, reason: 'the WABA is restricted: DISABLED' }),
    );

    await stack.publish(
      topics.accountObserved,
      create(AccountObservedSchema, { wabaId: WABA_ID, field: 'account_update', event: 'DISABLED_UPDATE', details: ['REINSTATE'] }),
    );
    await eventually(() => expect(last('shard-1')?.mode).toBe(ShardMode.ACTIVE));
    const versions = shards.events.filter((e) => e.shardId === 'shard-1').map((e) => e.version);
    expect(versions).toEqual(versions.toSorted((a, b) => Number(a - b)));
  });

  it('keeps what was known of a number that cannot be read, and says that it is unknown', async () => {
    const readable = platform[PRIMARY];
    delete platform[PRIMARY];

    await eventually(() =>
      expect(readiness.events.findLast((f) => f.checkId === 'number-connected/shard-1')?.state).toBe(ReadinessState.UNKNOWN),
    );
    expect(last('shard-1')?.mode).toBe(ShardMode.ACTIVE);

    if (readable) platform[PRIMARY] = readable;
  });

  it('renews a token that is about to expire, and keeps it sealed', async () => {
    Object.assign(token, { expires_at: Math.floor(Date.now() / 1_000) + 3 * DAY_S });
    const database = stack.database('quality-monitor');

    const [row] = await eventually(async () => {
      const rows = await database.query<{ source: string; sealed: Buffer; expires_at: Date }>('select * from renewed_token');
      expect(rows).toHaveLength(1);
      return rows;
    });

    expect(row?.source).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.sealed.includes(RENEWED)).toBe(false);
    expect(row?.expires_at.getTime()).toBeGreaterThan(Date.now() + 59 * DAY_S * 1_000);
    await eventually(() => expect(asked.has(`Bearer ${RENEWED}`)).toBe(true));
    Object.assign(token, { expires_at: 0 });
  });

  it('pages once, each replica, when the platform refuses every token', async () => {
    Object.assign(token, { is_valid: false });
    const pages = (): AlertRaised[] => alerts.events.filter((a) => a.alertName === 'DaybreakAccessTokenUnfit');
    const verdicts = (): ReadinessState[] => readiness.events.filter((f) => f.checkId === `token/${WABA_ID}`).map((f) => f.state);

    await eventually(() => expect(verdicts().at(-1)).toBe(ReadinessState.FAILED));
    await eventually(() =>
      expect(pages()[0]).toMatchObject({
        severity: AlertSeverity.PAGE,
        labels: { waba_id: WABA_ID },
        summary: `WABA ${WABA_ID}: token 1 is refused by the platform`,
      }),
    );
    const rounds = verdicts().length;
    await eventually(() => expect(verdicts().length).toBeGreaterThan(rounds + 3));
    expect(pages().length).toBeLessThanOrEqual(monitors.length);
    Object.assign(token, { is_valid: true });
  });

  it('throttles a number whose sends are refused for its own sake, and no other', async () => {
    const attempt = (errorCode: number) =>
      create(DeliveryAttemptedSchema, {
        deliveryId: randomUUID(),
        phoneNumberId: PRIMARY,
        outcome: errorCode === 0 ? AttemptOutcome.ACCEPTED : AttemptOutcome.REJECTED,
        errorCode,
        startedAt: timestampFromMs(Date.now()),
      });
    await stack.publish(topics.deliveryAttempted, ...Array.from({ length: 30 }, () => attempt(131026))); // nobody's fault but the recipients'
    await stack.publish(topics.deliveryAttempted, ...Array.from({ length: 10 }, () => attempt(131048)));

    await eventually(() => expect(last('shard-1')).toMatchObject({ mode: ShardMode.THROTTLED, allowedRate: 40 }));
    expect(last('shard-1')?.until).toBeDefined();
    expect(last('shard-2')?.mode).toBe(ShardMode.STANDBY);
  });
});
