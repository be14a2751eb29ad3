/** A fault of the platform's answers, as the simulator's README describes it; instants are local times, `06:00:00`. */
export interface PlatformFault {
  readonly kind: 'drop' | 'hang' | 'html-500' | 'error' | 'slow';
  readonly accepts?: boolean;
  readonly endpoint?: string;
  /** A phone number id, or its place in the settings, from 1. */
  readonly number?: string | number;
  readonly share?: number;
  readonly from?: string;
  readonly until?: string;
  readonly times?: number;
  readonly code?: number;
  /** Of the run's clock. */
  readonly delayMs?: number;
}

/** What the simulator says of itself, as far as scenarios look. */
export interface PlatformState {
  readonly messages: { readonly accepted: number };
  readonly numbers: readonly { readonly id: string; readonly status: string; readonly throughput: number }[];
  readonly templates: readonly { readonly name: string; readonly language: string; readonly status: string }[];
}

/** Meta's moods, at the push of a button: the simulator's admin API. */
export class PlatformAdmin {
  constructor(private readonly baseUrl: string) {}

  async addFault(fault: PlatformFault): Promise<string> {
    return ((await this.call('POST', 'faults', fault)) as { id: string }).id;
  }

  async removeFault(id: string): Promise<void> {
    await this.call('DELETE', `faults/${id}`);
  }

  async clearFaults(): Promise<void> {
    await this.call('DELETE', 'faults');
  }

  /** Something happens to the platform, now: `{ do: 'set-number-status', number: 1, status: 'BANNED' }`. */
  async act(action: { readonly do: string } & Readonly<Record<string, unknown>>): Promise<void> {
    await this.call('POST', 'actions', action);
  }

  /** Lays these members over how the platform and people behave: `{ webhooks: { lossShare: 0.1 } }`. */
  async change(config: object): Promise<void> {
    await this.call('PATCH', 'config', config);
  }

  async state(): Promise<PlatformState> {
    return (await this.call('GET', 'state')) as PlatformState;
  }

  /** Lines of its ledger whose members are these: `{ kind: 'request', fault: 'drop' }`; 10 000 at most. */
  async lines(members: Readonly<Record<string, string | number | boolean>>): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const query = new URLSearchParams({ limit: '10000' });
    for (const [name, value] of Object.entries(members)) query.set(name, String(value));
    return (await this.call('GET', `ledger?${query.toString()}`)) as Readonly<Record<string, unknown>>[];
  }

  /** How many messages it was asked to take, whatever it said. */
  async posts(members: Readonly<Record<string, string | number | boolean>> = {}): Promise<number> {
    return (await this.lines({ kind: 'request', endpoint: 'messages', ...members })).length;
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator answered ${response.status} for ${method} ${path}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}
