import { createServer } from 'node:net';
import { drop } from '@daybreak/kernel';

/**
 * Below Linux's ephemeral range (32768–60999): while a killed store is down, no outgoing connection can be given its port, and no
 * client that keeps trying to reach it can end up connected to itself.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 200;

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

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
