import { startStack, type Stack, type StartStackOptions } from '@daybreak/local-stack';
import type { SeededRandom } from '@daybreak/kernel';
import { Network } from './network.js';
import type { Scenario } from './scenario.js';
import { SmallDisk } from './small-disk.js';

/** What a morning stands on: its stores, and what can be broken below them. */
export interface World {
  readonly stack: Stack;
  readonly network: Network | undefined;
  readonly disk: SmallDisk | undefined;
  /** Stops and removes what is this scenario's alone. */
  close(): Promise<void>;
}

/** @param shared the stores of all scenarios that leave them whole */
export async function openWorld(scenario: Scenario, shared: () => Promise<Stack>, random: SeededRandom): Promise<World> {
  const disk = scenario.smallDiskMb === undefined ? undefined : SmallDisk.mount(scenario.smallDiskMb);
  const network = scenario.badNetwork === true ? await Network.open(random) : undefined;
  const own = disk !== undefined || network !== undefined || scenario.ownStack === true;
  try {
    const stack = own ? await startStack({ ...whereabouts(disk, network), env: withoutStores(process.env) }) : await shared();
    network?.leadToKafka(stack.kafka.behindProxy ?? '');
    return {
      stack,
      network,
      disk,
      close: async () => {
        await network?.close();
        if (own) await stack.stop();
        disk?.unmount();
      },
    };
  } catch (error) {
    await network?.close();
    disk?.unmount();
    throw error;
  }
}

/** On a disk of ours only local processes can lie, and only they can be told of a proxy, whatever else this machine offers. */
function whereabouts(disk: SmallDisk | undefined, network: Network | undefined): StartStackOptions {
  if (disk === undefined && network === undefined) return {};
  return { key: 'processes', dataDir: disk?.folder, kafkaProxy: network?.kafkaProxy };
}

/** Stores that the environment names belong to somebody else, and are not to be broken. */
const withoutStores = ({ DATABASE_URL: _db, REDIS_URL: _redis, REDIS_HOST: _host, KAFKA_BROKERS: _kafka, ...env }: NodeJS.ProcessEnv) =>
  env;
