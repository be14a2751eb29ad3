import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ReadinessState,
  TemplateObservedSchema,
  TemplateRole,
  topics,
  type AlertRaised,
  type ReadinessObserved,
  type TemplateState,
} from '@daybreak/contracts';
import { aWabaState, eventually, startInTest, testStack, type InTest, type TestStack, type Watched } from '@daybreak/testing';
import { loadFamilies, SHIPPED_FAMILIES } from '../src/families/load-families.js';
import { templateManagerConfig } from '../src/template-manager.config.js';
import { TemplateManagerModule } from '../src/template-manager.module.js';

const WABA_ID = '102290129340398';

/** A template as the platform lists it. */
interface Listed {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  quality_score: { score: string };
  parameter_format: string;
  components: object[];
}

/** What the platform has: version v1 in all three languages, and others that are none of ours. */
const listed: Listed[] = [
  ...loadFamilies(SHIPPED_FAMILIES)
    .prepared.filter(({ version }) => version === 'v1')
    .map(({ draft }, i) => aListed(`64000000000000000${i}`, draft.name, draft.language, [{ type: 'BODY', text: draft.body.text }])),
  aListed('650000000000000001', 'hello_world', 'en', [{ type: 'BODY', text: 'Hello' }]),
];

function aListed(id: string, name: string, language: string, components: object[], status = 'APPROVED'): Listed {
  return { id, name, language, status, category: 'UTILITY', quality_score: { score: 'GREEN' }, parameter_format: 'NAMED', components };
}

describe('the template manager', () => {
  let stack: TestStack;
  let graph: Server;
  let manager: InTest;
  let states: Watched<TemplateState>;
  let readiness: Watched<ReadinessObserved>;
  let alerts: Watched<AlertRaised>;
  const pagesAsked: string[] = [];

  const last = (language: string, version: string): TemplateState | undefined =>
    states.events.findLast((e) => e.language === language && e.templateVersion === version);
  const verdict = (language: string): ReadinessState | undefined =>
    readiness.events.findLast((e) => e.checkId === `template-approved/daily_pack.${language}`)?.state;

  beforeAll(async () => {
    stack = await testStack({ services: ['template-manager'] });
    graph = createServer((request, response) => void answer(request).then((body) => response.end(JSON.stringify(body))));
    await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
    [states, readiness, alerts] = await Promise.all([
      stack.watch(topics.templateState),
      stack.watch(topics.readinessObserved),
      stack.watch(topics.alertRaised),
    ]);
    await stack.publish(topics.wabaState, aWabaState());
    manager = await startInTest(TemplateManagerModule, templateManagerConfig, env(), { group: 'template-manager' });
  });

  afterAll(async () => {
    await manager.stop();
    graph.closeAllConnections();
    graph.close();
    await stack.stop();
  });

  const env = (): Record<string, string> =>
    stack.env('template-manager', {
      CLOUD_API_BASE_URL: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
      TEMPLATE_CHECK_MS: '1000',
      SUBMIT_MISSING: 'true',
    });

  /** The platform: two templates a page, and reviews that take no time. */
  async function answer(request: IncomingMessage): Promise<object> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (url.pathname.endsWith('/debug_token')) return { data: { is_valid: true } };
    if (url.pathname.endsWith('/uploads')) return { id: 'upload:1?sig=abc' };
    if (url.pathname.includes('upload:1')) return { h: '4::handle' };
    if (request.method === 'POST') {
      const draft = JSON.parse(Buffer.concat(chunks).toString()) as Listed;
      const template = aListed(`66000000000000000${listed.length}`, draft.name, draft.language, draft.components, 'PENDING');
      listed.push(template);
      return { id: template.id, status: template.status, category: draft.category };
    }
    const from = Number(url.searchParams.get('after') ?? 0);
    pagesAsked.push(String(from));
    const next = new URL(url);
    next.searchParams.set('after', String(from + 2));
    const more = from + 2 < listed.length;
    return { data: listed.slice(from, from + 2), paging: { cursors: { after: String(from + 2) }, ...(more ? { next: next.href } : {}) } };
  }

  it('lists every page, takes what is ours, and makes the only approved version active', async () => {
    const shape = { name: 'daily_pack_v1', bodyParameterNames: ['name', 'headline'], namedParameters: true };
    for (const language of ['en', 'hi', 'mr']) {
      await eventually(() => expect(last(language, 'v1')).toMatchObject({ role: TemplateRole.ACTIVE, ...shape }));
    }

    expect(pagesAsked).toEqual(expect.arrayContaining(['0', '2']));
    expect(states.events.some((event) => event.name === 'hello_world')).toBe(false);
  });

  it('submits what is prepared and missing, once, and waits for its review', async () => {
    await eventually(() => expect(last('en', 'v2')).toMatchObject({ role: TemplateRole.NONE, reason: expect.stringContaining('PENDING') }));

    await eventually(() => expect(listed.filter((t) => t.name === 'daily_pack_v2').map((t) => t.language)).toEqual(['en', 'hi', 'mr']));
    await eventually(() => expect(verdict('en')).toBe(ReadinessState.DEGRADED)); // no standby yet
  });

  it('makes it the standby when a webhook brings the approval', async () => {
    const submitted = listed.find((t) => t.name === 'daily_pack_v2' && t.language === 'en');
    if (submitted) submitted.status = 'APPROVED';

    await stack.publish(topics.templateObserved, observed(submitted?.id ?? '', { case: 'status', value: 'APPROVED' }));

    await eventually(() => expect(last('en', 'v2')?.role).toBe(TemplateRole.STANDBY));
    await eventually(() => expect(verdict('en')).toBe(ReadinessState.OK));
  });

  it('goes over to the standby when the active version is paused, and numbers its states', async () => {
    const active = listed.find((t) => t.name === 'daily_pack_v1' && t.language === 'en');
    if (active) active.status = 'PAUSED';

    await stack.publish(topics.templateObserved, observed(active?.id ?? '', { case: 'status', value: 'PAUSED' }));

    await eventually(() => expect(last('en', 'v2')?.role).toBe(TemplateRole.ACTIVE));
    const versions = states.events.filter((e) => e.language === 'en' && e.templateVersion === 'v2').map((e) => e.version);
    expect(versions).toEqual(versions.map((_, i) => BigInt(i + 1)));
  });

  it('fails the language and pages once when the platform calls it marketing', async () => {
    const hindi = listed.find((t) => t.name === 'daily_pack_v1' && t.language === 'hi');
    if (hindi) hindi.category = 'MARKETING';

    await stack.publish(topics.templateObserved, observed(hindi?.id ?? '', { case: 'category', value: 'MARKETING' }));

    const pages = (): AlertRaised[] => alerts.events.filter((a) => a.labels['language'] === 'hi' && a.summary.includes('MARKETING'));
    await eventually(() => expect(verdict('hi')).toBe(ReadinessState.FAILED));
    await eventually(() => expect(pages()).toHaveLength(1));
    const listingsSoFar = pagesAsked.length;
    await eventually(() => expect(pagesAsked.length).toBeGreaterThan(listingsSoFar + 4)); // more listings see the same
    expect(pages()).toHaveLength(1);
  });

  const observed = (templateId: string, observation: { case: 'status' | 'category'; value: string }) =>
    create(TemplateObservedSchema, { templateId, wabaId: WABA_ID, observation, observedAt: timestampFromMs(Date.now()) });
});
