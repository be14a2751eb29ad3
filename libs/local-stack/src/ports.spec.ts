import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isFree, onFreePorts } from './ports.js';

describe(freePorts.name, () => {
  it('finds as many as asked for, all different, all below the range that outgoing connections are given', async () => {
    const ports = await freePorts(50);

    expect(new Set(ports).size).toBe(50);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(Math.min(...ports)).toBeGreaterThan(1_023);
  });
});

describe(onFreePorts.name, () => {
  it.each(['FATAL: could not bind: Address already in use', 'Bind for 0.0.0.0:15001 failed: port is already allocated'])(
    'tries another port when somebody took it meanwhile (%s)',
    async (said) => {
      const tried: number[] = [];
      const again: number[] = [];

      const opened = await onFreePorts(
        1,
        async ([port = 0]) => {
          tried.push(port);
          if (tried.length < 3) throw new Error(said);
          return port;
        },
        () => void again.push(tried.length),
      );

      expect([opened, again]).toEqual([tried[2], [1, 2]]);
    },
  );

  it('tries nothing again that failed for another reason', async () => {
    const again: string[] = [];

    await expect(
      onFreePorts(
        1,
        () => Promise.reject(new Error('disk full')),
        () => void again.push('again'),
      ),
    ).rejects.toThrow('disk full');

    expect(again).toEqual([]);
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
