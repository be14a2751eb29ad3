import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clockFrom } from '@daybreak/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leaksOf } from '../morning/leaks.js';
import { Morning, SERVICES } from '../morning/morning.js';
import type { RunReport } from '../morning/report.js';
import { CLOCK_STARTS_AT, instantMs, RUN_ID } from '../morning/run-plan.js';
import { openSpanSink, type SpanSink } from '../morning/span-sink.js';

const ADVISORS = 120;
/** Slow enough that a takeover, which takes real time, fits well into the window. */
const SPEED = 5;
/** Of the second start; nothing is taken over in it. */
const AGAIN_SPEED = 10;
/** Real time in which every process starts once more. */
const AGAIN_STARTS_IN_MS = 45_000;
const MORNING_TIMEOUT_MS = 300_000;
/** Every service traces everything, which takes its time at the start. */
const LEAD_S = 60;

interface PlannedRun {
  readonly planHash: string;
  readonly planned: number;
}

/** One whole morning in which things go wrong, and everything that must be true of it afterwards. */
describe('a morning in which a sender dies and the scheduler starts twice', () => {
  let outDir: string;
  let spans: SpanSink;
  let morning: Morning;
  let report: RunReport;
  const planHashes = new Set<string>();
  let signatureRefused: number;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'daybreak-e2e-'));
    spans = await openSpanSink();
    morning = await Morning.start({
      advisors: ADVISORS,
      speed: SPEED,
      seed: 7,
      scenario: 'calm',
      outDir,
      namespace: 'e2e',
      leadSeconds: LEAD_S,
      env: Object.fromEntries(SERVICES.map((service) => [service, spans.envOf(service)])),
      say: () => undefined,
    });
    await morning.publishInputs();
    await morning.write(morning.phonesOf('opted-out'), 'STOP');
    await morning.ready();
    signatureRefused = await forgedWebhook(morning.urlOf('ingest'), morning.services.env['WEBHOOK_VERIFY_TOKEN'] ?? '');

    await until(() => morning.clock.nowMs() >= instantMs('WINDOW_OPENS'));
    planHashes.add((await plannedRun(morning)).planHash);
    await morning.services.restart('scheduler');
    await morning.write(morning.phonesOf('stops-in-window'), 'STOP');
    await until(() => morning.clock.nowMs() >= instantMs('WINDOW_OPENS') + 30_000);
    await morning.services.kill('sender-0');

    report = await sealed(morning);
    planHashes.add((await plannedRun(morning)).planHash);
  }, MORNING_TIMEOUT_MS);

  afterAll(async () => {
    await morning.stop();
    spans.close();
    await rm(outDir, { recursive: true, force: true });
  }, 60_000);

  it('keeps every promise that the platform’s own ledger can see: nobody twice, forgotten, outside the window or without consent', async () => {
    expect((await morning.witness(report)).broken).toEqual([]);
  });

  it('reports what the ledger says', async () => {
    expect((await morning.witness(report)).differences).toEqual([]);
  });

  it('ends every planned delivery in a known state', () => {
    expect(report.unresolved).toBe(0);
    expect(report.lost).toBe(0);
    expect(report.planned).toBe(report.accepted + report.failed + report.suppressed + report.expired);
  });

  it('plans once, however often the scheduler starts', () => {
    expect(planHashes.size).toBe(1);
  });

  it('gives advisors without an approved pack the fallback of their language', () => {
    expect(report.fallback).toBe(morning.phonesOf('without-pack').length);
  });

  it('refuses a webhook that Meta did not sign', () => {
    expect(signatureRefused).toBe(401);
  });

  it('leaves no number, wamid or secret in a log, span, table, topic or Redis', async () => {
    expect(SERVICES.filter((service) => !spans.hears(service))).toEqual([]);
    expect(await leaksOf(morning, spans)).toEqual([]);
  });

  it('had no process that ended by itself', () => {
    expect(morning.services.crashes).toEqual([]);
  });

  it('sends nothing when all of it starts once more on the same stores, with the clock back before the freeze', async () => {
    const posts = async (): Promise<number> => (await morning.witness(report)).figures.posts;
    const before = await posts();
    const again = `${CLOCK_STARTS_AT}@${AGAIN_SPEED}x@${Date.now() + AGAIN_STARTS_IN_MS}`;
    const instances = Object.keys(morning.services.urls).filter((instance) => instance !== 'cloud-api-simulator');

    await Promise.all(instances.map((instance) => morning.services.restart(instance, { DAYBREAK_CLOCK: again })));
    const clock = clockFrom(again);
    await expect(morning.ready(clock)).rejects.toThrow('was frozen by an earlier start');
    const { planned, planHash } = await plannedRun(morning);
    await until(() => clock.nowMs() >= instantMs('WINDOW_CLOSES'));

    expect(await posts()).toBe(before);
    expect(planned).toBe(report.planned);
    expect(planHashes).toEqual(new Set([planHash]));
    expect(await morning.run()).toEqual(report);
  }, 200_000);
});

/** Not signed by Meta; and a handshake before it, whose query holds a secret. */
async function forgedWebhook(ingestUrl: string, verifyToken: string): Promise<number> {
  const handshake = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '4711' });
  await fetch(`${ingestUrl}/webhooks/whatsapp?${handshake.toString()}`);
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
  const response = await fetch(`${ingestUrl}/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    body,
  });
  return response.status;
}

async function plannedRun(morning: Morning): Promise<PlannedRun> {
  const response = await morning.ask('scheduler', `/runs/${RUN_ID}`);
  return (await response.json()) as PlannedRun;
}

async function sealed(morning: Morning): Promise<RunReport> {
  let report: RunReport | undefined;
  await until(async () => {
    report = await morning.run();
    return report?.sealed === true;
  });
  return report as RunReport;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(250);
}
