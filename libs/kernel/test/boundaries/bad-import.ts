// Deliberately wrong: the kernel imports nothing of ours. `make lint` fails unless ESLint refuses this file (test/boundaries.mjs).
export { topics } from '@daybreak/contracts';
