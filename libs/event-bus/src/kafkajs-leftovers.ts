import { createRequire } from 'node:module';

/** kafkajs's connection, as far as it puts answers together. It is used again with another socket when the one it had broke. */
interface Connection {
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
}

interface ConnectionClass {
  readonly prototype: { connect: (this: Connection) => Promise<boolean> };
}

const SIZE_BYTES = 4; // an answer begins with its length

const mended = new WeakSet<ConnectionClass>();

/**
 * kafkajs 2.2.4 keeps the beginning of an answer that broke off, and takes what the next socket brings for its rest: from then on no answer fits any request,
 * and a consumer stands still though its group sees it alive. A socket that is new has no past.
 */
export function forgetLeftovers(): void {
  const connections = createRequire(import.meta.url)('kafkajs/src/network/connection') as ConnectionClass;
  if (mended.has(connections)) return;
  mended.add(connections);
  const { connect } = connections.prototype;
  connections.prototype.connect = function () {
    if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: SIZE_BYTES });
    return connect.call(this);
  };
}
