import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { seededRandom } from '@daybreak/kernel';
import { TcpProxy } from './tcp-proxy.js';

/** An echo behind a bad link. */
describe(TcpProxy.name, () => {
  let echo: Server;
  let sut: TcpProxy;

  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    sut = await TcpProxy.listen(() => ({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port }), seededRandom(1));
  });

  afterEach(async () => {
    await sut.close();
    echo.close();
  });

  const open = async (): Promise<Socket> => {
    const socket = connect(sut.port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const sendAndHear = async (socket: Socket, bytes: Buffer): Promise<Buffer> => {
    const heard: Buffer[] = [];
    socket.on('data', (chunk) => heard.push(chunk));
    socket.end(bytes);
    await once(socket, 'end');
    return Buffer.concat(heard);
  };
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251));

  it.each([
    ['clean', {}],
    ['sliced', { sliceBytes: 7_919 }],
    ['slow and uneven', { latencyMs: 5, jitterMs: 30 }],
    ['narrow', { bytesPerSecond: 2_000_000 }],
  ])('carries every byte in order over a link that is %s', async (_, toxics) => {
    sut.spoil(toxics);

    expect((await sendAndHear(await open(), noise)).equals(noise)).toBe(true);
  });

  it('is late by its latency in both directions', async () => {
    sut.spoil({ latencyMs: 60 });
    const socket = await open();
    const startedMs = performance.now();

    await sendAndHear(socket, Buffer.from('hello'));

    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(120);
  });

  it('lets no more than its width through', async () => {
    sut.spoil({ bytesPerSecond: 1_000_000 });
    const socket = await open();
    const startedMs = performance.now();

    await sendAndHear(socket, noise);

    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(200);
  });

  it('resets both sides, and works again once it is mended', async () => {
    sut.spoil({ resetShare: 1 });
    const socket = await open();
    const failed = once(socket, 'error');
    socket.write('hello');
    await expect(failed).resolves.toMatchObject([{ code: 'ECONNRESET' }]);
    expect(sut.resets).toBe(1);

    sut.mend();

    expect((await sendAndHear(await open(), noise)).equals(noise)).toBe(true);
  });
});
