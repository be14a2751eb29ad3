import { createServer } from 'node:net';
import { drop } from '@daybreak/kernel';

/**
 * Below Linux's ephemeral range (32768–60999): while a killed store is down, no outgoing connection can be given its port, and no
 * client that keeps trying to reach it can end up connected to itself.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 200;
/** Somebody else may take a port between our look and the bind; more often than that is no coincidence. */
const OPEN_TRIES = 3;
const TAKEN = /address already in use|port is already allocated/i; // a process says the first, Docker either

/** Ports on 127.0.0.1 that nobody listens on now, all different. Two stacks may still pick the same: who binds second picks again. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries >= TRIES * count) throw drop(`no free port between ${FIRST} and ${LAST}`);
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

/** Opens something on free ports; on others, after `again`, when somebody took them meanwhile. */
export async function onFreePorts<T>(count: number, open: (ports: readonly number[]) => Promise<T>, again: () => void): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(await freePorts(count));
    } catch (error) {
      if (tries === OPEN_TRIES || !TAKEN.test(String(error))) throw error;
      again();
    }
  }
}

/** Whether nobody listens on a port of this machine now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
