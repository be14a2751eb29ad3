import type { SeededRandom } from '@daybreak/kernel';
import type { MorningOptions } from '../morning/morning-options.js';
import { TcpProxy, type Toxics } from './tcp-proxy.js';

/** The links that can be made bad: from every service to the three stores, from the services to Meta, and from Meta to ingest. */
export const LINKS = ['postgres', 'redis', 'kafka', 'platform', 'webhooks'] as const;
export type Link = (typeof LINKS)[number];

interface Address {
  readonly host: string;
  readonly port: number;
}

export class Network {
  private readonly upstreams = new Map<Link, Address>();
  private readonly proxies = new Map<Link, TcpProxy>();

  static async open(random: SeededRandom): Promise<Network> {
    const network = new Network();
    for (const link of LINKS) network.proxies.set(link, await TcpProxy.listen(() => network.upstreamOf(link), random));
    return network;
  }

  /** What leads a morning's services over these links. */
  get options(): Pick<MorningOptions, 'detour'> & { readonly env: NonNullable<MorningOptions['env']> } {
    const toPlatform = (urls: Readonly<Record<string, string>>) => ({
      CLOUD_API_BASE_URL: this.through('platform', urls['cloud-api-simulator']),
    });
    return {
      detour: (store, address) => Promise.resolve(store === 'kafka' ? this.kafkaProxy : this.through(store, address)),
      env: {
        sender: toPlatform,
        'quality-monitor': toPlatform,
        'template-manager': toPlatform,
        'cloud-api-simulator': (urls) => ({ SIM_WEBHOOK_URL: this.through('webhooks', `${urls['ingest'] ?? ''}/webhooks/whatsapp`) }),
      },
    };
  }

  /** What Kafka has to call itself to those who come by this network; see `startStack`. */
  get kafkaProxy(): string {
    return `127.0.0.1:${this.link('kafka').port}`;
  }

  /** @param door where Kafka takes in those who come by this network */
  leadToKafka(door: string): void {
    const { hostname, port } = new URL(`tcp://${door}`);
    this.upstreams.set('kafka', { host: hostname, port: Number(port) });
  }

  link(name: Link): TcpProxy {
    const proxy = this.proxies.get(name);
    if (proxy === undefined) throw new Error(`there is no link ${name}`);
    return proxy;
  }

  spoil(toxics: Partial<Toxics>): void {
    for (const proxy of this.proxies.values()) proxy.spoil(toxics);
  }

  mend(): void {
    for (const proxy of this.proxies.values()) proxy.mend();
  }

  async close(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
  }

  /** The same URL, with the link's own port. */
  private through(link: Link, target = ''): string {
    const url = new URL(target);
    this.upstreams.set(link, { host: url.hostname, port: Number(url.port) });
    url.host = `127.0.0.1:${this.link(link).port}`;
    return url.href.replace(/\/$/, '');
  }

  private upstreamOf(link: Link): Address {
    const address = this.upstreams.get(link);
    if (address === undefined) throw new Error(`nobody goes over ${link}`);
    return address;
  }
}
