import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '@daybreak/kernel';
import type { LaunchedServices, Stack } from '@daybreak/local-stack';
import pg from 'pg';
import type { Morning } from '../morning/morning.js';
import { RUN_ID } from '../morning/run-plan.js';
import { readLedger, type LedgerLine } from '../witness/ledger.js';
import type { Network } from './network.js';
import { PlatformAdmin } from './platform-admin.js';
import type { SmallDisk } from './small-disk.js';
import type { World } from './world.js';

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 30_000;
const SLOW_ANSWER_MS = 2_000;
const SLOW_SHARE = 0.7;

/** Whether a fault really struck, in words: a kill after everything was sent proves nothing. */
export interface Bite {
  readonly what: string;
  readonly really: boolean;
}

/** What a scenario works with: the morning, everything that can be broken in it, and eyes of its own. */
export class FaultContext {
  readonly platform: PlatformAdmin;
  readonly bites: Bite[] = [];
  readonly failures: string[] = [];
  /** Figures worth a line in the results: `take-over 12.1 s`. */
  readonly notes: string[] = [];
  /** Who wrote STOP in this scenario, beside those whom the population has for it. */
  readonly stopped = new Set<string>();
  /** When the plan was frozen, in a scenario in which that is not the time that was set for it. Epoch ms. */
  frozenAtMs: number | undefined;
  private readonly pool: pg.Pool;

  constructor(
    readonly morning: Morning,
    /** Seeded by scenario and SEED: the same faults at the same instants. */
    readonly random: SeededRandom,
    private readonly say: (line: string) => void,
    private readonly world: Pick<World, 'network' | 'disk'>,
  ) {
    this.platform = new PlatformAdmin(morning.urlOf('cloud-api-simulator'));
    this.pool = new pg.Pool({ connectionString: morning.stack.databaseUrl, max: 4 });
    this.pool.on('error', () => undefined); // stores are killed here; whoever asks next is told
  }

  /** PostgreSQL, Redis and Kafka: kill(), restart(), pause(), resume(). */
  get stack(): Stack {
    return this.morning.stack;
  }

  /** Every service by its instance (`sender-0`, `ingest`): kill(), pause(), resume(), restart(instance, env). */
  get services(): LaunchedServices {
    return this.morning.services;
  }

  /** The links between services and stores, for scenarios with `badNetwork`. */
  get network(): Network {
    if (this.world.network === undefined) throw new Error('this scenario has no badNetwork');
    return this.world.network;
  }

  /** Connections to the platform that a bad link ended, with whatever was on them. */
  get connectionsLost(): number {
    return this.world.network?.link('platform').resets ?? 0;
  }

  /** Where the stores lie, for scenarios with `smallDiskMb`. */
  get disk(): SmallDisk {
    if (this.world.disk === undefined) throw new Error('this scenario has no smallDiskMb');
    return this.world.disk;
  }

  get senders(): string[] {
    return Object.keys(this.services.urls).filter((instance) => instance.startsWith('sender-'));
  }

  /** Resolves so many virtual seconds after the window opened; before it, when negative. */
  async at(seconds: number): Promise<void> {
    await this.morning.clock.sleepUntil(this.morning.instantMs('WINDOW_OPENS') + seconds * 1_000);
  }

  /** Virtual seconds since the window opened. */
  get secondsIntoWindow(): number {
    return (this.morning.clock.nowMs() - this.morning.instantMs('WINDOW_OPENS')) / 1_000;
  }

  /** Real time passes: leases, claim lives and time-outs are about it. */
  async realSeconds(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  async forClockSeconds(seconds: number): Promise<void> {
    await this.morning.clock.sleepUntil(this.morning.clock.nowMs() + seconds * 1_000);
  }

  /** Waits for something that has to happen; says what did not. */
  async until(what: string, condition: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
    const giveUpAtMs = performance.now() + patienceMs;
    while (!(await condition())) {
      if (performance.now() > giveUpAtMs) throw new Error(`waited ${patienceMs / 1_000} s in vain until ${what}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Rows of a service's own schema, as the administrator sees them. */
  async sql<Row extends pg.QueryResultRow>(service: string, text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.session(service, async (client) => (await client.query<Row>(text, [...params])).rows);
  }

  /** The same with one connection for several statements: a transaction that holds locks. */
  async session<T>(service: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    client.on('error', (error) => (broken = error));
    try {
      await client.query(`set search_path to ${this.schemaOf(service)}`);
      return await work(client);
    } finally {
      client.removeAllListeners('error');
      client.release(broken ?? true); // never back into the pool with locks, or to another schema
    }
  }

  /** How many deliveries of the run are in these states; of one shard when it is named. */
  async deliveries(states: readonly string[], shardId?: string): Promise<number> {
    const [row] = await this.sql<{ n: string }>(
      'sender',
      `select count(*) as n from delivery where run_id = $1 and state::text = any($2::text[]) and ($3::text is null or shard_id = $3)`,
      [RUN_ID, states, shardId ?? null],
    );
    return Number(row?.n ?? 0);
  }

  /** The instance that holds a shard's lease; undefined while nobody does. */
  async ownerOf(shardId: string): Promise<string | undefined> {
    const [row] = await this.sql<{ owner: string }>(
      'sender',
      `select owner from shard_lease where shard_id = $1 and expires_at > clock_timestamp()`,
      [shardId],
    );
    const pid = Number(row?.owner.split('.').at(-2)); // <host>.<pid>.<random>
    return this.senders.find((instance) => this.services.pidOf(instance) === pid);
  }

  /** How often the shard has changed hands. */
  async epochOf(shardId: string): Promise<number> {
    const [row] = await this.sql<{ epoch: string }>('sender', `select epoch from shard_lease where shard_id = $1`, [shardId]);
    return Number(row?.epoch ?? 0);
  }

  /** The owner as it must be for a fault to have a victim. */
  async demandOwnerOf(shardId: string): Promise<string> {
    let owner: string | undefined;
    await this.until(`${shardId} has an owner`, async () => (owner = await this.ownerOf(shardId)) !== undefined);
    return owner as string;
  }

  /** From now on most answers take two seconds of the run's clock, so that whoever dies dies with requests on the wire. The rest is left to other faults. */
  async slowAnswers(): Promise<void> {
    await this.platform.addFault({ kind: 'slow', delayMs: SLOW_ANSWER_MS, share: SLOW_SHARE });
  }

  ledger(): Promise<LedgerLine[]> {
    return readLedger(this.morning.ledgerFile);
  }

  /** Whom a message of the run was posted to so far, whatever the answer. A STOP is confirmed by a message too, which is none of the run's. */
  async postedTo(): Promise<ReadonlySet<string>> {
    const lines = await this.platform.lines({ kind: 'request', endpoint: 'messages' });
    return new Set(lines.filter(({ reference }) => String(reference).startsWith(`d.${RUN_ID}.`)).map(({ to }) => String(to)));
  }

  /** They write STOP now; from a second after the acknowledgement on nothing may start for them. */
  async stop(phoneNumbers: readonly string[]): Promise<void> {
    for (const phone of phoneNumbers) this.stopped.add(phone);
    await this.morning.write(phoneNumbers, 'STOP');
  }

  /** Proof that the fault struck something. Every scenario gives at least one; one that is false fails it. */
  bit(what: string, really: boolean): void {
    this.bites.push({ what, really });
    this.say(`T+${this.secondsIntoWindow.toFixed(0)} ${really ? '' : 'did NOT bite: '}${what}`);
  }

  /** What must be so beside the invariants; the scenario fails with these words when it is not. */
  demand(what: string, holds: boolean): void {
    if (!holds) this.failures.push(`not so: ${what}`);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** As libs/database names it; written again here, because a witness takes nobody's word. */
  private schemaOf(service: string): string {
    const { namespace } = this.morning.options;
    return [namespace, service]
      .filter((part) => part !== '')
      .join('_')
      .replaceAll('-', '_');
  }
}
