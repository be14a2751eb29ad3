/** Instants cross to SQL as epoch ms: exact, and cheaper than Dates where rows come by the hundred. */
export const msOf = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
export const instantOf = (ms: string): string => `to_timestamp(${ms}::float8 / 1000)`;
