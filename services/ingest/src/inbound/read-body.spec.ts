import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NoBody, readBody } from './read-body.js';

describe(readBody.name, () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  /** A request of which so much has come. */
  const requestOf = async (head: string, ...parts: string[]): Promise<IncomingMessage> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    for (const part of parts) socket.write(part);
    return request;
  };

  it('gives the bytes, in one part or in several', async () => {
    const parts = ['5\r\nab', 'cde\r\n', '3\r\nfgh\r\n0\r\n\r\n'];

    const body = await readBody(await requestOf('transfer-encoding: chunked', ...parts), { bytes: 8, ms: 5_000 });

    expect(body.toString()).toBe('abcdefgh');
    expect(await readBody(await requestOf('content-length: 0'), { bytes: 8, ms: 5_000 })).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['says so', 'content-length: 9', ''],
    ['does not say so', 'transfer-encoding: chunked', '9\r\n123456789\r\n'],
  ])('refuses what is too long and %s', async (_, head, part) => {
    await expect(readBody(await requestOf(head, part), { bytes: 8, ms: 5_000 })).rejects.toMatchObject({ name: NoBody.name, status: 413 });
  });

  it('waits for the rest no longer than it may, and ends the connection', async () => {
    const request = await requestOf('content-length: 8', 'half');

    await expect(readBody(request, { bytes: 8, ms: 50 })).rejects.toMatchObject({ status: 400 });
    expect(request.socket.destroyed).toBe(true);
  });
});
