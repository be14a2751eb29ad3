export type Cell = string | number | boolean | null | undefined;

const textOf = (cell: Cell): string => {
  if (cell === undefined || cell === null || cell === '') return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? String(Math.round(cell * 100) / 100) : cell;
};

/** Columns in the order of `headings`; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const toTheRight = headings.map((_, i) => {
    const given = rows.map((row) => row[i]).filter((cell) => cell !== undefined && cell !== null);
    return given.length > 0 && given.every((cell) => typeof cell === 'number');
  });
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (toTheRight[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(headings), ...texts.map(line)].map((text) => `${text}\n`).join('');
}
