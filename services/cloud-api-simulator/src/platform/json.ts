export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a member that should be one; empty where it is something else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
