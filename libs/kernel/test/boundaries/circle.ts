// Deliberately wrong: this file and circle-back.ts import each other. `make lint` fails unless ESLint refuses them (test/boundaries.mjs).
import { there } from './circle-back.js';

export const here = (): string => there();
