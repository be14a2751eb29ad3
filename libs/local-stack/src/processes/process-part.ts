import type { Reaper } from '../reaper.js';
import { READY_TIMEOUT_MS, type PartContext, type PartName, type StackPart } from '../stack.js';
import type { InstallPolicy } from './install.js';
import type { LocalProcess } from '../local-process.js';

/** What a store that runs as our child is given. */
export interface ProcessContext extends PartContext {
  /** The stack's own folder; removed at its end. */
  readonly folder: string;
  readonly reaper: Reaper;
  readonly install: InstallPolicy;
  /** See `StartStackOptions`. */
  readonly kafkaProxy?: string | undefined;
}

/** A store that runs as our child, with the faults one can do to a process. */
export function processPart(store: {
  readonly name: PartName;
  readonly address: string;
  readonly server: LocalProcess;
  readonly ready: (signal: AbortSignal) => Promise<void>;
}): StackPart {
  const { name, address, server, ready } = store;
  return {
    name,
    key: 'processes',
    address,
    kill: (signal = 'SIGKILL') => server.kill(signal),
    restart: async () => {
      if (server.running) await server.kill('SIGKILL');
      await server.start(ready, AbortSignal.timeout(READY_TIMEOUT_MS));
    },
    pause: async () => server.pause(),
    resume: async () => server.resume(),
  };
}
