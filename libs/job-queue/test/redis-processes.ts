import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const SLOTS = 16_384;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until it no longer throws. */
export async function untilIt<T>(succeeds: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await succeeds();
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Redis servers of one test, as processes in a directory of their own. */
export class RedisProcesses {
  private readonly directory = mkdtempSync(join(tmpdir(), 'daybreak-redis-'));
  private readonly processes: ChildProcess[] = [];
  private certificates = 0;

  /** Three masters that speak nothing but TLS, a third of the slots each. Returns their ports, and the authority that vouches for them. */
  async cluster(): Promise<{ ports: number[]; ca: string }> {
    const { files, ca } = this.certificate();
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const buses = await Promise.all([freePort(), freePort(), freePort()]);
    ports.forEach((port, i) =>
      this.start(
        port,
        '--port',
        '0',
        '--tls-port',
        `${port}`,
        ...files,
        '--tls-cluster',
        'yes',
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        `${buses[i]}`,
        '--cluster-config-file',
        `${port}.conf`,
      ),
    );
    const nodes = ports.map((port) => new Redis(port, '127.0.0.1', { tls: { ca } }));
    try {
      const [first] = nodes as [Redis];
      await Promise.all(nodes.map((node) => untilIt(() => node.ping())));
      const share = Math.ceil(SLOTS / nodes.length);
      for (const [i, node] of nodes.entries()) {
        await node.call('CLUSTER', 'ADDSLOTSRANGE', `${i * share}`, `${Math.min((i + 1) * share, SLOTS) - 1}`);
        await node.call('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
        if (i > 0) await first.call('CLUSTER', 'MEET', '127.0.0.1', `${ports[i]}`, `${buses[i]}`);
      }
      const isWhole = async (node: Redis): Promise<void> => {
        const info = await node.cluster('INFO');
        if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${nodes.length}`))
          throw new Error('not yet a cluster');
      };
      await Promise.all(nodes.map((node) => untilIt(() => isWhole(node), 20_000)));
      return { ports, ca };
    } finally {
      for (const node of nodes) node.disconnect();
    }
  }

  /** One server that speaks nothing but TLS, with a certificate of its own making. */
  async overTls(): Promise<{ port: number; ca: string }> {
    const { files, ca } = this.certificate();
    const port = await freePort();
    this.start(port, '--port', '0', '--tls-port', `${port}`, ...files);
    return { port, ca };
  }

  /** For localhost, by name and by address; its own authority. */
  private certificate(): { files: readonly string[]; ca: string } {
    const name = `redis-${(this.certificates += 1)}`;
    const [key, certificate] = [join(this.directory, `${name}.key`), join(this.directory, `${name}.crt`)];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', ...subject],
      { stdio: 'ignore' },
    );
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no'];
    return { files, ca: readFileSync(certificate, 'utf8') };
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.processes.map(async (process) => {
        const gone = new Promise((resolve) => process.once('exit', resolve));
        process.kill('SIGKILL');
        if (process.exitCode === null) await gone;
      }),
    );
    rmSync(this.directory, { recursive: true, force: true });
  }

  private start(port: number, ...options: string[]): void {
    const common = ['--bind', '127.0.0.1', '--dir', this.directory, '--dbfilename', `${port}.rdb`, '--save', '', '--appendonly', 'no'];
    this.processes.push(spawn('redis-server', [...common, ...options], { stdio: 'ignore' }));
  }
}
