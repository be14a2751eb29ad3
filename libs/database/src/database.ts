import pg from 'pg';
import type { Sql } from './sql.js';

/** How a pool reaches its server. Times are real milliseconds. */
export interface DatabaseOptions {
  readonly url: string;
  /** The service's own schema: the whole search_path. See `schemaNameOf`. */
  readonly schema: string;
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** True: statements that are not waited for one by one go out together (`Promise.all`), and a transaction's first ones with its `begin`. */
  readonly pipelined?: boolean;
  /** The server ends a statement after this long, ms. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that died while idle. The pool has replaced them by then; nobody needs to act. */
  readonly onIdleError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000; // also the longest wait for a free connection of the pool
const STATEMENT_TIMEOUT_MS = 60_000;
/** A new connection signs in and has read no catalogue yet: what comes all at once must not wait for that because the minute before was quiet. */
const IDLE_TIMEOUT_MS = 600_000;
/** The rows of a morning are in memory, and what is not is on an SSD: at the default of 4 a batch of 500 reads the whole partition instead of its 500 rows. */
const RANDOM_PAGE_COST = 1.1;
const ANSWER_GRACE_MS = 5_000; // what a server that is alive needs to say that it ended the statement

/**
 * One service's PostgreSQL: one pool, one schema. Prisma (`prismaAdapter`) and the batched statements share it, so that
 * one number, DATABASE_POOL_SIZE, bounds a process's connections.
 */
export class Database implements Sql {
  readonly pool: pg.Pool;
  readonly schema: string;
  private readonly pipelined: boolean;

  constructor(options: DatabaseOptions) {
    const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    this.schema = options.schema;
    this.pipelined = options.pipelined ?? false;
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      application_name: options.applicationName,
      options: `-c search_path=${options.schema} -c random_page_cost=${RANDOM_PAGE_COST}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      pipeline: this.pipelined,
      statement_timeout: statementTimeoutMs,
      // For a server that does not even answer: without it a query on a dead link waits for TCP, a quarter of an hour.
      query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
      keepAlive: true,
      types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
    });
    this.pool.on('error', (error) => options.onIdleError?.(error));
  }

  async query<R extends object = Record<string, unknown>>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await this.pool.query<R>(sql, params as unknown[])).rows;
  }

  async execute(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.pool.query(sql, params as unknown[])).rowCount ?? 0;
  }

  async executeWithCommit(sql: string, params: readonly unknown[] = []): Promise<void> {
    await this.execute(sql, params);
  }

  /** Commits when `work` resolves, rolls back when it rejects or a statement failed. Statements of `work` must go to the `tx` it is given. */
  async transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // Between two statements a lost connection is an event, and one that nobody hears ends the process. The next statement fails by itself.
    const onLost = (error: Error): void => void (broken = error);
    client.on('error', onLost);
    let isOver = false;
    let failure: unknown;
    const untold: Promise<unknown>[] = [];
    const run: Run = <R extends object>(sql: string, params?: unknown[]) => {
      if (isOver) throw new Error('the transaction has ended'); // what somebody still does beside the one who failed must not happen outside of it
      const answer = client.query<R>(sql, params);
      answer.catch((error: unknown) => (failure ??= error)); // told to whoever waits for it, and below
      return answer;
    };
    try {
      const begun = run('begin');
      if (this.pipelined)
        untold.push(begun); // the first statement goes along
      else await begun;
      const result = await work(sqlOn(run, this.pipelined ? untold : undefined));
      isOver = true;
      const [{ command }] = await Promise.all([client.query('commit'), ...untold]);
      if (command !== 'COMMIT') throw failure; // a transaction of which a statement failed is rolled back instead
      return result;
    } catch (error) {
      isOver = true;
      broken ??= await rollback(client, error);
      throw isAborted(error) ? (failure ?? error) : error;
    } finally {
      isOver = true;
      client.off('error', onLost);
      client.release(broken); // a connection in an unknown state is closed, not reused
    }
  }

  /** How many connections there are, how many of them idle, and how many callers wait for one. */
  connections(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  /** Resolves when the database answers. */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  /** Waits for statements in flight, then closes every connection. */
  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** Sends one statement of a transaction. Throws when that has ended. */
type Run = <R extends object>(sql: string, params?: unknown[]) => Promise<pg.QueryResult<R>>;

/**
 * One transaction's statements.
 * @param untold where statements go out together: those whose answers only the commit waits for
 */
function sqlOn(run: Run, untold: Promise<unknown>[] | undefined): Sql {
  const execute = async (sql: string, params: readonly unknown[] = []): Promise<number> =>
    (await run(sql, params as unknown[])).rowCount ?? 0;
  return {
    query: async <R extends object>(sql: string, params: readonly unknown[] = []) => (await run<R>(sql, params as unknown[])).rows,
    execute,
    async executeWithCommit(sql, params) {
      const answer = run(sql, params as unknown[]);
      if (untold === undefined) await answer;
      else untold.push(answer);
    },
  };
}

/** Refused because of a statement before it, which is the one to tell of. */
const isAborted = (error: unknown): boolean => (error as { readonly code?: unknown }).code === '25P02'; // in_failed_sql_transaction

/** What makes the connection unusable, if anything: a failed rollback, or a link that may still be waiting for an answer. */
async function rollback(client: pg.PoolClient, cause: unknown): Promise<Error | undefined> {
  if (cause instanceof Error && cause.message === 'Query read timeout') return cause; // a rollback would queue behind the statement that hangs
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('rollback failed');
  }
}

/** `bigint`, which pg would give as text: our counts, epochs and offsets stay below 2^53. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint column holds a value above 2^53');
  return value;
}

const INT8 = 20; // pg_type.oid
const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;

type TypeParser = (text: string) => unknown;
const builtIn = pg.types.getTypeParser as unknown as (oid: number, format?: 'text' | 'binary') => TypeParser; // its types know no array oids
const parseTextArray = builtIn(TEXT_ARRAY) as (text: string) => (string | null)[];

function typeParser(oid: number, format?: 'text' | 'binary'): TypeParser {
  if (oid === INT8) return safeInteger;
  if (oid === INT8_ARRAY) return (text) => parseTextArray(text).map((item) => (item === null ? null : safeInteger(item)));
  return builtIn(oid, format);
}
