import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

const theirSockets = createRequire(import.meta.url)('kafkajs/src/network/socketFactory') as () => ISocketFactory;

/**
 * The sockets of one kafkajs client. Severed, nothing that was handed to the client leaves this process any more; kafkajs alone would go on
 * trying for a minute and a half, also after `disconnect`. What a broker's kernel has taken already, nobody can call back.
 */
export class SeverableLine {
  /** Rejects once the line is severed. */
  readonly severed: Promise<never>;
  readonly socketFactory: ISocketFactory;
  private readonly sockets = new Set<Socket>();
  private cutOff: Error | undefined;
  private tell!: (reason: Error) => void;

  constructor(connect = theirSockets()) {
    this.severed = new Promise((_, reject) => (this.tell = reject));
    this.severed.catch(() => undefined); // whoever waits hears of it; that nobody waits is no error
    this.socketFactory = (to) => {
      if (this.cutOff !== undefined) throw this.cutOff;
      const socket = connect(to);
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      return socket;
    };
  }

  sever(): void {
    if (this.cutOff !== undefined) return;
    this.cutOff = new Error('the line to Kafka was cut');
    for (const socket of this.sockets) socket.destroy(this.cutOff);
    this.tell(this.cutOff);
  }
}
