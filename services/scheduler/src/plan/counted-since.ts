import type { Run } from '../run/run.js';

const DAY_MS = 86_400_000;

/** The platform counts unique recipients over a moving 24 hours; those of earlier deliveries still count after this instant, epoch ms. */
export const countedSince = (run: Pick<Run, 'window'>): number => run.window.opensAt - DAY_MS;
