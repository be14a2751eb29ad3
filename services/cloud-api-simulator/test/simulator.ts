import { CLOCK, CONFIG } from '@daybreak/config';
import { manualClock, type ManualClock } from '@daybreak/kernel';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DateTime } from 'luxon';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudApiSimulatorModule } from '../src/cloud-api-simulator.module.js';
import { Simulation } from '../src/platform/simulation.js';
import { layOver, loadSettings, parseSettings } from '../src/settings/load-settings.js';
import { serveDocs } from '../src/inbound/serve-docs.js';
import type { LedgerLine } from '../src/platform/ledger-entry.js';

export const TOKEN = 'simulator-system-user-token';
export const APP_ID = '1032457986104517';
export const APP_SECRET = 'simulator-app-secret';
export const WABA = '102290129340398';
export const NUMBER = '106540352242921';
export const OTHER_NUMBER = '106540352242922';
export const START = DateTime.fromISO('2026-11-24T05:59:30+05:30');

/** Nobody is special, nothing is random: what a test is about, it says itself. */
const PLAIN = {
  recipients: {
    shares: {
      notOnWhatsApp: 0,
      phoneOff: 0,
      capped: 0,
      holdout: 0,
      optedOut: 0,
      blocks: 0,
      stops: 0,
      taps: 0,
      reads: 1,
      readWithoutDelivered: 0,
    },
  },
  webhooks: { duplicateShare: 0, reorderShare: 0 },
};

/** A template that needs nothing, for tests that are about something else. */
const HELLO = { wabaId: WABA, name: 'hello', language: 'en', category: 'MARKETING', components: [{ type: 'BODY', text: 'Good morning.' }] };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What Meta answers has no one type; tests look at what they are about.
  readonly body: Record<string, unknown> & { readonly error?: Record<string, unknown>; readonly id?: string };
}

/** The running service, with a clock that stands still and a callback that remembers. */
export class TestSimulator {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly folder: string,
    private readonly receiver: Server,
    readonly callback: Callback,
    readonly clock: ManualClock,
    readonly url: string,
  ) {}

  /** @param over laid over the default settings and `PLAIN` */
  static async start(over: Record<string, unknown> = {}): Promise<TestSimulator> {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-test-'));
    const callback = new Callback();
    const receiver = createServer((request, response) => callback.receive(request, response));
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const defaults = loadSettings({ SIM_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` });
    const settings = parseSettings(layOver(layOver({ ...defaults, templates: [...defaults.templates, HELLO] }, PLAIN), over), 'test');
    const clock = manualClock(START);
    const config = { SIM_LEDGER_FILE: join(folder, 'ledger.ndjson'), LOG_LEVEL: 'fatal' };
    const root = { module: TestRoot, imports: [clockModule(clock, config), CloudApiSimulatorModule.for(config as never, settings)] };
    const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false });
    serveDocs(app);
    await app.listen(0, '127.0.0.1');
    return new TestSimulator(app, folder, receiver, callback, clock, await app.getUrl());
  }

  get simulation(): Simulation {
    return this.app.get(Simulation);
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isBytes = body instanceof FormData || Buffer.isBuffer(body) || typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBytes ? (body as FormData | string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text },
    };
  }

  graph(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.call(method, `/v24.0/${path}`, body);
  }

  /** Posts a message; by default a plain template to one person. */
  send(over: Record<string, unknown> = {}, number = NUMBER): Promise<Answer> {
    return this.graph('POST', `${number}/messages`, { ...aMessage, ...over });
  }

  async upload(number = NUMBER, bytes: Buffer = A_PNG, type = 'image/png'): Promise<Answer> {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', type);
    form.set('file', new Blob([new Uint8Array(bytes)], { type }), 'pack');
    return this.call('POST', `/v24.0/${number}/media`, form);
  }

  /** Lets simulated time go by, step by step, and waits until every webhook due meanwhile was answered. */
  async pass(ms: number): Promise<void> {
    const { timeline, webhooks } = this.simulation;
    const until = this.clock.nowMs() + ms;
    for (let next = timeline.nextAtMs; next !== undefined && next <= until; next = timeline.nextAtMs) {
      this.clock.set(Math.max(next, this.clock.nowMs()));
      timeline.runDue();
      while (webhooks.underWay > 0) await new Promise((go) => setTimeout(go, 1));
    }
    this.clock.set(until);
  }

  ledger(): LedgerLine[] {
    this.simulation.ledger.flush();
    const text = readFileSync(this.simulation.ledger.path, 'utf8');
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as LedgerLine);
  }

  async stop(): Promise<void> {
    await this.app.close();
    this.receiver.closeAllConnections();
    this.receiver.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

@Module({})
class TestRoot {}

const clockModule = (clock: ManualClock, config: unknown): DynamicModule => ({
  module: class TestConfigModule {},
  global: true,
  providers: [
    { provide: CLOCK, useValue: clock },
    { provide: CONFIG, useValue: config },
  ],
  exports: [CLOCK, CONFIG],
});

export interface Change {
  readonly field: string;
  readonly value: Record<string, unknown> & { readonly statuses?: Status[]; readonly messages?: Record<string, unknown>[] };
}

export type Status = Record<string, unknown> & { readonly status: string; readonly id: string; readonly timestamp: string };

/** An app's webhook: remembers what came and answers what it was told to. */
export class Callback {
  readonly posts: { readonly body: string; readonly headers: IncomingHttpHeaders; readonly signedWell: boolean }[] = [];
  answers: number[] = [];
  verifyToken = 'simulator-verify-token';

  get changes(): Change[] {
    return this.posts.flatMap((post) =>
      (JSON.parse(post.body) as { entry: { changes: Change[] }[] }).entry.flatMap((entry) => entry.changes),
    );
  }

  get statuses(): Status[] {
    return this.changes.flatMap((change) => change.value.statuses ?? []);
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://callback');
    if (request.method === 'GET') {
      const isRight = url.searchParams.get('hub.mode') === 'subscribe' && url.searchParams.get('hub.verify_token') === this.verifyToken;
      response.statusCode = isRight ? 200 : 403;
      return void response.end(isRight ? url.searchParams.get('hub.challenge') : 'no');
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const signature = `sha256=${createHmac('sha256', APP_SECRET).update(bytes).digest('hex')}`;
      this.posts.push({
        body: bytes.toString('utf8'),
        headers: request.headers,
        signedWell: request.headers['x-hub-signature-256'] === signature,
      });
      response.statusCode = this.answers.shift() ?? 200;
      response.end();
    });
  }
}

/** One pixel. */
export const A_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==',
  'base64',
);

export const PERSON = '+919812345678';

export const templateWith = (components: unknown[], name = 'daily_pack_v1', code = 'en'): unknown => ({
  name,
  language: { code },
  components,
});

export const theImage = (id: string): unknown => ({ type: 'header', parameters: [{ type: 'image', image: { id } }] });

export const theName = { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'Asha' }] };

const aMessage = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: PERSON,
  type: 'template',
  template: templateWith([], 'hello'),
};
