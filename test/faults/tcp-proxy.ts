import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '@daybreak/kernel';

/** What a link does to the bytes on it, in both directions. Real time. */
export interface Toxics {
  /** Every chunk arrives so much later, and up to `jitterMs` more; never out of order. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
  /** Chunks are cut into pieces of so many bytes, each a packet of its own. */
  readonly sliceBytes: number;
  /** Chance of a chunk to be lost with its connection (RST on both sides), 0 to 1. */
  readonly resetShare: number;
}

const CLEAN: Toxics = { latencyMs: 0, jitterMs: 0, bytesPerSecond: Infinity, sliceBytes: Infinity, resetShare: 0 };
/** More than this waits in the sender's socket instead of here. */
const MOST_IN_TRANSIT_BYTES = 1_048_576;

/** A TCP link that can be made bad, and good again, while connections are open. */
export class TcpProxy {
  private toxics = CLEAN;
  private readonly open = new Set<Socket>();
  private resetCount = 0;
  private carriedBytes = 0;

  private constructor(
    private readonly server: Server,
    private readonly upstream: () => { readonly host: string; readonly port: number },
    private readonly random: SeededRandom,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** @param upstream asked at every connection: it may be known only later */
  static async listen(upstream: () => { readonly host: string; readonly port: number }, random: SeededRandom): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, upstream, random);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that it reset. */
  get resets(): number {
    return this.resetCount;
  }

  /** Bytes that passed while it was bad. */
  get spoiltBytes(): number {
    return this.carriedBytes;
  }

  spoil(toxics: Partial<Toxics>): void {
    this.toxics = { ...CLEAN, ...toxics };
  }

  mend(): void {
    this.toxics = CLEAN;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect({ ...this.upstream(), allowHalfOpen: true });
    for (const socket of [client, server]) {
      this.open.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => this.open.delete(socket));
      socket.on('error', () => undefined); // a broken connection is broken on both sides, below
    }
    const both = { reset: (): void => [client, server].forEach((socket) => socket.resetAndDestroy()) };
    this.carry(client, server, both);
    this.carry(server, client, both);
  }

  private carry(from: Socket, to: Socket, both: { reset(): void }): void {
    let inTransit = 0;
    let last = Promise.resolve();
    let freeAtMs = 0;
    const then = (work: () => Promise<void> | void): void => void (last = last.then(work));
    from.on('data', (chunk) => {
      const { latencyMs, jitterMs, bytesPerSecond, sliceBytes, resetShare } = this.toxics;
      if (this.toxics !== CLEAN) this.carriedBytes += chunk.length;
      if (resetShare > 0 && this.random.chance(resetShare)) {
        this.resetCount += 1;
        both.reset();
        return;
      }
      const nowMs = performance.now();
      const onWireMs = (1_000 * chunk.length) / bytesPerSecond;
      freeAtMs = Math.max(nowMs, freeAtMs) + onWireMs;
      const arrivesAtMs = freeAtMs + latencyMs + jitterMs * this.random.next();
      inTransit += chunk.length;
      if (inTransit > MOST_IN_TRANSIT_BYTES) from.pause();
      then(async () => {
        // A timer may fire up to a millisecond early; what is promised to be late is late.
        for (let waitMs = arrivesAtMs - performance.now(); waitMs > 0; waitMs = arrivesAtMs - performance.now()) await sleep(waitMs);
        for (let at = 0; at < chunk.length; at += sliceBytes) to.write(chunk.subarray(at, Math.min(chunk.length, at + sliceBytes)));
        inTransit -= chunk.length;
        if (inTransit <= MOST_IN_TRANSIT_BYTES) from.resume();
      });
    });
    from.on('end', () => then(() => void to.end()));
    from.on('close', (hadError) => {
      if (hadError) to.resetAndDestroy();
    });
  }
}
