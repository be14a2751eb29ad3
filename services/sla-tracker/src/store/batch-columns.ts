/** One column of a batched statement: its name, the type of its array parameter, and where its values come from. */
export interface BatchColumn<Row> {
  readonly name: string;
  readonly type: 'text' | 'uuid' | 'jsonb' | 'boolean' | 'integer' | 'bigint' | 'bytea' | 'double precision';
  /** The value is an instant in epoch ms; the column is timestamptz. */
  readonly instant?: boolean;
  readonly of: (row: Row) => unknown;
}

/** An instant column. */
export const instant = <Row>(name: string, of: (row: Row) => number | undefined): BatchColumn<Row> => ({
  name,
  type: 'double precision',
  instant: true,
  of: (row) => of(row) ?? null,
});

/** A column that may be null. */
export const column = <Row>(name: string, type: BatchColumn<Row>['type'], of: (row: Row) => unknown): BatchColumn<Row> => ({
  name,
  type,
  of: (row) => of(row) ?? null,
});

/** `unnest($n::t[], …) as u(a, b, …)`: a batch of rows as one relation. */
export const unnested = <Row>(columns: readonly BatchColumn<Row>[], firstParameter: number): string =>
  `unnest(${columns.map((c, i) => `$${firstParameter + i}::${c.type}[]`).join(', ')}) as u(${columns.map((c) => c.name).join(', ')})`;

/** The columns of `u` as the table wants them. */
export const selected = <Row>(columns: readonly BatchColumn<Row>[]): string =>
  columns.map((c) => (c.instant ? `to_timestamp(u.${c.name} / 1000.0)` : `u.${c.name}`)).join(', ');

export const namesOf = <Row>(columns: readonly BatchColumn<Row>[]): string => columns.map((c) => c.name).join(', ');

/** The parameters that `unnested` takes. */
export const arraysOf = <Row>(columns: readonly BatchColumn<Row>[], rows: readonly Row[]): unknown[][] =>
  columns.map((c) => rows.map((row) => c.of(row)));
