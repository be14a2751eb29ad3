import { scrub } from '@daybreak/privacy';

/** Why something cannot be sent, for the log: which field and what of it, nothing personal. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? scrub(error.message) : 'unknown error');
