/** The newest of each key, in the order of their keys, so that two batches of upserts wait for each other instead of deadlocking. */
export function newestByKey<U>(values: readonly U[], keyOf: (value: U) => string, stampOf: (value: U) => number): U[] {
  const newest = new Map<string, U>();
  for (const value of values) {
    const held = newest.get(keyOf(value));
    if (held === undefined || stampOf(value) >= stampOf(held)) newest.set(keyOf(value), value);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
