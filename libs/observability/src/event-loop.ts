import { monitorEventLoopDelay } from 'node:perf_hooks';

const MAX_LAG_MS = 5_000; // by then leases are lost and Meta has timed out: a restart is the better half
const NS_PER_MS = 1e6;

/** A liveness check: fails when, since it was last asked, the event loop stood still for longer than anything here may take. */
export function watchEventLoop(): () => Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 100 });
  delay.enable();
  return () => {
    const worstMs = Math.round(delay.max / NS_PER_MS);
    delay.reset();
    return worstMs <= MAX_LAG_MS ? Promise.resolve() : Promise.reject(new Error(`the event loop stood still for ${worstMs} ms`));
  };
}
