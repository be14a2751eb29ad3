/** Where statements run: the database itself, or one transaction of it. */
export interface Sql {
  /** Rows of one statement. `bigint` comes as number, `timestamptz` as Date, `bytea` as Buffer. */
  query<R extends object = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Number of rows one statement touched. */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** The same for what nobody needs an answer to: where statements go out together it goes with the commit, and fails with it. */
  executeWithCommit(sql: string, params?: readonly unknown[]): Promise<void>;
}
