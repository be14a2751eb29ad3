import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isFree } from './ports.js';

describe(freePorts.name, () => {
  it('finds as many as asked for, all different, all below the range that outgoing connections are given', async () => {
    const ports = await freePorts(50);

    expect(new Set(ports).size).toBe(50);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(Math.min(...ports)).toBeGreaterThan(1_023);
  });
});

describe(isFree.name, () => {
  it('sees a listener on the loopback address', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    await expect(isFree(port)).resolves.toBe(false);
    await new Promise((resolve) => server.close(resolve));
    await expect(isFree(port)).resolves.toBe(true);
  });
});
