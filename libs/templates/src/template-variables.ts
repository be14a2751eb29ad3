/** `{{1}}`, `{{name}}`; anything else between double braces is taken too, so that the lint can name it. */
const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The distinct variables of a text, in the order of their first appearance. */
export const variablesOf = (text: string): string[] => [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''))];

/** Parameters by position: 1, 2, 3 … */
export const isPositional = (variable: string): boolean => /^[1-9]\d*$/.test(variable);

/** Meta's rule for parameters by name. */
export const isNamed = (variable: string): boolean => /^[a-z][a-z0-9_]*$/.test(variable);

/** The words that are left when the variables are taken out. */
export const fixedWordsOf = (text: string): number => text.replace(VARIABLE, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

/** Whether a text begins with a variable: Meta refuses such a body. */
export const startsWithVariable = (text: string): boolean => /^\s*\{\{/.test(text);

/** Punctuation behind the last variable does not count as text. */
export const endsWithVariable = (text: string): boolean => /\}\}[\s\p{P}]*$/u.test(text);

/** Meta refuses two variables without a word between them. */
export const hasTouchingVariables = (text: string): boolean => /\}\}\s*\{\{/.test(text);
