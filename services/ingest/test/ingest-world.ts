import { randomBytes, randomUUID } from 'node:crypto';
import { signatureOf } from '@daybreak/cloud-api';
import { startInTest, testStack, type InTest, type TestStack } from '@daybreak/testing';
import { openDoors } from '../src/inbound/open-doors.js';
import { ingestConfig } from '../src/ingest.config.js';
import { IngestModule } from '../src/ingest.module.js';

export const WABA_ID = '102290129340398';
export const PHONE_NUMBER_ID = '106540352242922';
const APP_SECRET = randomBytes(16).toString('hex');
export const VERIFY_TOKEN = randomBytes(16).toString('hex');

export interface IngestWorld {
  readonly stack: TestStack;
  readonly ingest: InTest;
  /** Posts bytes as Meta would, signed unless another signature is given. */
  post(body: unknown, signature?: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  stop(): Promise<void>;
}

/** The real ingest on real stores; the Cloud API it calls is given by its URL. */
export async function startIngest(
  options: { readonly stack?: TestStack; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<IngestWorld> {
  const stack = options.stack ?? (await testStack({ services: ['ingest'] }));
  const env = stack.env('ingest', {
    WEBHOOK_APP_SECRETS: APP_SECRET,
    WEBHOOK_VERIFY_TOKEN: VERIFY_TOKEN,
    CLOUD_API_BASE_URL: 'http://127.0.0.1:9',
    ...options.env,
  });
  const ingest = await startInTest(IngestModule, ingestConfig, env, {
    group: 'ingest',
    prepare: openDoors,
  });
  return {
    stack,
    ingest,
    post: (body, signature, more) => {
      const bytes = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        'content-type': 'application/json',
        'x-hub-signature-256': signature ?? signatureOf(Buffer.from(bytes), APP_SECRET),
        ...more,
      };
      return fetch(`${ingest.url}/webhooks/whatsapp`, { method: 'POST', body: bytes, headers });
    },
    stop: async () => {
      await ingest.stop();
      await stack.stop();
    },
  };
}

const envelope = (field: string, value: object): object => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: WABA_ID,
      changes: [
        {
          field,
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '15550783881', phone_number_id: PHONE_NUMBER_ID },
            ...value,
          },
        },
      ],
    },
  ],
});

const inSeconds = (ms: number): string => String(Math.floor(ms / 1_000));

export interface StatusOver {
  readonly wamid?: string;
  readonly status?: string;
  readonly reference?: string | undefined;
  readonly to?: string;
  readonly atMs?: number;
  readonly errorCode?: number;
}

/** A webhook with one status. */
export const aStatusWebhook = (over: StatusOver = {}): object =>
  envelope('messages', {
    statuses: [
      {
        id: over.wamid ?? `wamid.${randomUUID()}`,
        status: over.status ?? 'sent',
        timestamp: inSeconds(over.atMs ?? Date.now()),
        recipient_id: (over.to ?? '+917000000001').slice(1),
        ...(over.reference === undefined ? {} : { biz_opaque_callback_data: over.reference }),
        ...(over.errorCode === undefined ? {} : { errors: [{ code: over.errorCode, title: 'failed' }] }),
      },
    ],
  });

/** A webhook in which somebody writes to us. */
export const anInboundWebhook = (from: string, text: string, over: { readonly wamid?: string; readonly atMs?: number } = {}): object =>
  envelope('messages', {
    contacts: [{ profile: { name: 'Asha' }, wa_id: from.slice(1) }],
    messages: [
      {
        id: over.wamid ?? `wamid.${randomUUID()}`,
        from: from.slice(1),
        timestamp: inSeconds(over.atMs ?? Date.now()),
        type: 'text',
        text: { body: text },
      },
    ],
  });

export const aPreferenceWebhook = (from: string, value: 'stop' | 'resume', atMs: number): object =>
  envelope('user_preferences', {
    contacts: [{ wa_id: from.slice(1) }],
    user_preferences: [
      { wa_id: from.slice(1), detail: 'from the menu', category: 'marketing_messages', value, timestamp: Math.floor(atMs / 1_000) },
    ],
  });

export const anUnknownWebhook = (field: string): object => envelope(field, { anything: ['we', 'cannot', 'read'] });

/** WhatsApp says that somebody's account has moved to another number. */
export const aNumberChangedWebhook = (from: string, to: string): object =>
  envelope('messages', {
    messages: [
      {
        id: `wamid.${randomUUID()}`,
        from: from.slice(1),
        timestamp: inSeconds(Date.now()),
        type: 'system',
        system: { type: 'user_changed_number', wa_id: to.slice(1), body: 'changed' },
      },
    ],
  });

/** WhatsApp says that somebody has another business-scoped user id from now on. */
export const aUserIdWebhook = (previous: string, current: string): object =>
  envelope('user_id_update', { user_id_update: [{ user_id: { previous, current }, timestamp: inSeconds(Date.now()) }] });

/** Somebody taps a quick reply under one of our messages. */
export const aTapWebhook = (from: string, payload: string): object =>
  envelope('messages', {
    contacts: [{ profile: { name: 'Asha' }, wa_id: from.slice(1) }],
    messages: [
      {
        id: `wamid.${randomUUID()}`,
        from: from.slice(1),
        timestamp: inSeconds(Date.now()),
        type: 'button',
        context: { from: '15550783881', id: `wamid.${randomUUID()}` },
        button: { payload, text: 'More images' },
      },
    ],
  });
