import type { FaultContext } from '../context.js';
import { LINKS } from '../network.js';
import type { Toxics } from '../tcp-proxy.js';

/** Every link is as bad as this for so many real seconds. */
export async function spoilLinks(context: FaultContext, toxics: Partial<Toxics>, seconds: number): Promise<void> {
  const sum = (of: 'spoiltBytes' | 'resets'): number => LINKS.reduce((total, link) => total + context.network.link(link)[of], 0);
  context.network.spoil(toxics);
  await context.realSeconds(seconds);
  context.network.mend();
  const waiting = await context.deliveries(['QUEUED']);
  context.bit(
    `${Math.round(sum('spoiltBytes') / 1_000)} kB went over bad links, which reset ${sum('resets')} connections, with ${waiting} deliveries waiting`,
    waiting > 0 && sum('spoiltBytes') > 0 && (toxics.resetShare === undefined || sum('resets') > 0),
  );
}
