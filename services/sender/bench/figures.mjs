// Arithmetic on what was seen.

/** The value below which a share of them lies. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The most instants that lie in any rolling span of so many ms. */
export function mostWithin(instantsMs, spanMs) {
  const sorted = instantsMs.toSorted((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while (sorted[to] - sorted[from] >= spanMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Figure by figure, the median of several measurements of the same shape. */
export function medianOf(measured) {
  const entries = Object.entries(measured[0]).map(([name, first]) => {
    const values = measured.map((one) => one[name]);
    return [name, typeof first === 'number' ? quantile(values, 0.5) : medianOf(values)];
  });
  return Object.fromEntries(entries);
}

export const round = (value, digits = 0) => Number(value.toFixed(digits));

/** Columns as wide as their widest cell; the first is text, the others are figures. */
export function table(head, rows) {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('   ');
  return [line(head), widths.map((width) => '─'.repeat(width)).join('───'), ...rows.map((row) => line(row.map(String)))].join('\n');
}
