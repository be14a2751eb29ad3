import { LINKS, type Link } from '../network.js';
import { ALL_INVARIANTS, SHORT_MORNING, type Scenario } from '../scenario.js';

/** In each direction of each connection. */
const NARROW = 56_000;
/** Chunks, not packets: one in a hundred takes its connection with it. */
const RESET_SHARE = 0.01;
/** Links with so much traffic that one chunk in a hundred must have struck; webhooks come many to a POST. */
const MUST_RESET: readonly Link[] = ['postgres', 'redis', 'kafka', 'platform'];

/** Every link is slow, then narrow, then cut to pieces, then loses connections. */
export const scenario: Scenario = {
  id: 'F18',
  title: 'a bad network: 200 ms and jitter, 56 kB/s, slices, resets',
  invariants: ALL_INVARIANTS,
  // Latency is real: at 2× 200 ms are 0.4 s of the window. So is the time a consumer needs that lost its answers and its group: it is sealed a minute later.
  morning: { advisors: 850, speed: 2, times: { ...SHORT_MORNING.times, LIVE_SEAL_AT: '06:06:00' } },
  badNetwork: true,
  async run(context) {
    const { network } = context;
    await context.at(context.random.int(3, 8));
    network.spoil({ latencyMs: 200, jitterMs: 100 });
    await context.at(40);
    network.mend();
    network.link('platform').spoil({ bytesPerSecond: NARROW });
    network.link('webhooks').spoil({ bytesPerSecond: NARROW });
    network.link('redis').spoil({ bytesPerSecond: NARROW });
    network.link('kafka').spoil({ bytesPerSecond: NARROW });
    network.link('postgres').spoil({ bytesPerSecond: NARROW });
    await context.at(65);
    network.spoil({ sliceBytes: 5 });
    await context.at(80);
    network.spoil({ resetShare: RESET_SHARE });
    await context.at(105);
    network.mend();
    for (const link of LINKS) {
      const { spoiltBytes, resets } = network.link(link);
      context.bit(
        `${Math.round(spoiltBytes / 1_000)} kB went over a bad link to ${link}, which reset ${resets} connections`,
        spoiltBytes > 0 && (resets > 0 || !MUST_RESET.includes(link)),
      );
    }
  },
};
