import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { forgetLeftovers } from './kafkajs-leftovers.js';

interface Connection {
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  send(request: unknown): Promise<{ readonly errorCode: number }>;
}

const require = createRequire(import.meta.url);
const ConnectionClass = require('kafkajs/src/network/connection') as new (options: object) => Connection;
const socketFactory = (require('kafkajs/src/network/socketFactory') as () => unknown)();
const { protocol } = require('kafkajs/src/protocol/requests/apiVersions') as {
  readonly protocol: (asked: { readonly version: number }) => () => object;
};

const quiet = { namespace: () => quiet, debug: () => undefined, error: () => undefined, info: () => undefined, warn: () => undefined };

/** The answer to a question for versions: no error, no versions. */
function answerTo(request: Buffer): Buffer {
  const answer = Buffer.alloc(14);
  answer.writeInt32BE(10, 0);
  request.copy(answer, 4, 8, 12); // the request's correlation id
  return answer;
}

describe(forgetLeftovers.name, () => {
  let broker: Server;
  let connection: Connection;

  beforeEach(async () => {
    forgetLeftovers();
    const sockets: Socket[] = [];
    broker = createServer((socket) => {
      const isFirst = sockets.push(socket) === 1;
      socket.on('error', () => undefined);
      socket.on('data', (request) => {
        if (!isFirst) return void socket.write(answerTo(request));
        socket.write(answerTo(request).subarray(0, 9), () => setTimeout(() => socket.resetAndDestroy(), 20)); // in the middle of an answer
      });
    });
    broker.listen(0, '127.0.0.1');
    await once(broker, 'listening');
    const { port } = broker.address() as AddressInfo;
    connection = new ConnectionClass({
      host: '127.0.0.1',
      port,
      logger: quiet,
      socketFactory,
      requestTimeout: 1_000,
      connectionTimeout: 1_000,
    });
  });

  afterEach(async () => {
    await connection.disconnect();
    broker.close();
  });

  it('understands a new socket’s answers after one broke off', async () => {
    await connection.connect();
    await expect(connection.send(protocol({ version: 0 })())).rejects.toThrow('ECONNRESET');

    await connection.connect();

    await expect(connection.send(protocol({ version: 0 })())).resolves.toMatchObject({ errorCode: 0 });
  });
});
