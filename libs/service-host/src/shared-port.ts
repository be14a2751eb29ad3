import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** As Node's HTTP server sets up its own connections. */
const LIKE_HTTP = { allowHalfOpen: true, noDelay: true };

/** Other systems have no such sockets, or let only the last one hear anything. */
const SYSTEMS: ReadonlySet<NodeJS.Platform> = new Set(['linux']);

const SWEEP_MS = 50;

/**
 * Fastify on several sockets of one port. The event loop lets one connection in per socket and turn: of a hundred that come at once the last
 * waits for a hundred turns, and under load a turn takes milliseconds. All connections are the one HTTP server's.
 */
export class SharedPortAdapter extends FastifyAdapter {
  private readonly others: Server[] = [];

  /**
   * Options for the HTTP server's own `listen`. Sockets that share a port would not mind another process on it, which would take a part of the
   * requests: rejects with EADDRINUSE, like any server.
   */
  static async claim(host: string, port: number): Promise<{ readonly reusePort: boolean }> {
    if (!SYSTEMS.has(process.platform)) return { reusePort: false };
    const first = createServer();
    await listen(first, { host, port });
    await close(first);
    return { reusePort: true };
  }

  /** Opens the other sockets. @param sockets of the port, the HTTP server's own among them */
  async share(host: string, port: number, sockets: number): Promise<void> {
    if (!SYSTEMS.has(process.platform)) return;
    const http = this.getHttpServer<HttpServer>();
    for (let open = 1; open < sockets; open += 1) {
      const other = createServer(LIKE_HTTP, (socket) => http.emit('connection', socket));
      this.others.push(other);
      await listen(other, { host, port, reusePort: true });
    }
  }

  /** Resolves when everybody has been answered. Node lets go of guests who are idle at that moment only; those answered later would stay for a minute. */
  override async close(): Promise<void> {
    const http = this.getHttpServer<HttpServer>();
    const sweeping = setInterval(() => http.closeIdleConnections(), SWEEP_MS);
    try {
      await Promise.all([super.close(), ...this.others.map(close)]);
    } finally {
      clearInterval(sweeping);
    }
  }
}

const listen = (server: Server, options: Parameters<Server['listen']>[0]): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Resolves when its connections are over too; also when it never listened. */
const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
