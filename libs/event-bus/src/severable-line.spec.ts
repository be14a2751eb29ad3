import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type ISocketFactory } from 'kafkajs';
import { eventually } from '../test/a-namespace.js';
import { RecordProducer } from './record-producer.js';
import { SeverableLine } from './severable-line.js';

/** A broker that takes connections and says nothing, as one does whose process is stopped. */
describe('the line to a silent broker', () => {
  let broker: Server;
  let connections: Socket[];
  let port: number;

  beforeEach(async () => {
    connections = [];
    broker = createServer((socket) => {
      connections.push(socket);
      socket.on('error', () => undefined).resume();
    }).listen(0, '127.0.0.1');
    await once(broker, 'listening');
    port = (broker.address() as AddressInfo).port;
  });
  afterEach(() => {
    for (const socket of connections) socket.destroy();
    broker.close();
  });

  it('is cut when a record may not arrive any more, and nothing tries it again', async () => {
    let asked = 0;
    const clientOver = (sockets: ISocketFactory): Kafka =>
      new Kafka({
        brokers: [`127.0.0.1:${port}`],
        logLevel: logLevel.NOTHING,
        retry: { initialRetryTime: 20, retries: 2 },
        socketFactory: (to) => {
          asked += 1;
          return sockets(to);
        },
      });
    const sut = new RecordProducer(clientOver, 'ns');
    const record = { topic: 'daybreak.a.b.v1', key: 'k', value: Buffer.from('v'), headers: {} };

    await expect(sut.send([record], { timeoutMs: 200, cutOff: true })).rejects.toThrow('within 200 ms');

    await eventually(() => expect(asked).toBeGreaterThan(1)); // kafkajs tries again
    expect(connections).toHaveLength(1); // in vain
    await eventually(() => expect(connections[0]?.closed).toBe(true));
  });

  it('refuses new sockets once it is cut', async () => {
    const line = new SeverableLine();
    const to = { host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => undefined };
    const socket = line.socketFactory(to).on('error', () => undefined);
    await once(socket, 'connect');

    line.sever();

    await expect(line.severed).rejects.toThrow('cut');
    expect(socket.destroyed).toBe(true);
    expect(() => line.socketFactory(to)).toThrow('cut');
  });
});
