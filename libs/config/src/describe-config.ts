import type { z } from 'zod';

/** One row of a README's configuration table. */
export interface ConfigRow {
  readonly name: string;
  readonly required: boolean;
  /** As one would write it in the environment; empty where there is none. */
  readonly default: string;
  readonly description: string;
}

const asText = (value: unknown): string => {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(asText).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Rows for the README table, in the order of the schema. */
export const describeConfig = (schema: z.ZodObject): ConfigRow[] =>
  Object.entries(schema.shape).map(([name, field]) => {
    const absent = (field as z.ZodType).safeParse(undefined);
    return { name, required: !absent.success, default: asText(absent.data), description: (field as z.ZodType).description ?? '' };
  });
