import { GraphError } from './graph-error.js';

/** 131009: a parameter of a message has a value that cannot be. */
export const invalidBecause = (details: string): GraphError => new GraphError(131_009, { details });

/** 131008: a message lacks a parameter. */
export const missing = (details: string): GraphError => new GraphError(131_008, { details });
