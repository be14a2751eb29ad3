import type { SchedulerConfig } from '../src/scheduler.config.js';
import { loadConfig } from '@daybreak/config';
import { sendWindowFor } from '@daybreak/timing';
import type { PlanPack, PlanRecipient, PlanShard, PlanTemplate } from '../src/plan/plan-inputs.js';
import type { PlannedRow } from '../src/plan/plan-line.js';
import type { Run } from '../src/run/run.js';
import { schedulerConfig } from '../src/scheduler.config.js';

const OPENS_MS = Date.parse('2026-11-22T05:59:30+05:30');

/** An English-speaking advisor who said yes. */
export const aPlanRecipient = (over: Partial<PlanRecipient> = {}): PlanRecipient => ({
  recipientId: 'adv-1',
  language: 'en',
  segments: [],
  deliveryMode: 'direct',
  addressKey: 'key-1',
  bodyParameters: { name: 'Asha' },
  consent: { content: { state: 'opted_in', sinceMs: 0 } },
  namedIn: [],
  cappedUntilMs: undefined,
  ...over,
});

/** The day's English pack for everyone. */
export const aPlanPack = (over: Partial<PlanPack> = {}): PlanPack => ({
  contentPackId: 'pack-en',
  runDate: '2026-11-22',
  language: 'en',
  audience: 'all',
  segment: undefined,
  critical: false,
  contentHash: 'c'.repeat(64),
  headerImage: { sha256: 'a'.repeat(64), url: 'https://cdn.example/a.png', mediaType: 'image/png', sizeBytes: 1_024 },
  bodyParameters: { headline: 'Markets' },
  publishedAtMs: 0,
  ...over,
});

export const aPlanTemplate = (over: Partial<PlanTemplate> = {}): PlanTemplate => ({
  family: 'daily_pack',
  language: 'en',
  templateVersion: 'v1',
  name: 'daily_pack_v1',
  role: 'active',
  category: 'UTILITY',
  sendableOn: new Set(['waba-1']),
  bodyParameterNames: ['name', 'headline'],
  namedParameters: true,
  hasImageHeader: true,
  quickReplyPayloads: [],
  ...over,
});

export const aPlanShard = (over: Partial<PlanShard> = {}): PlanShard => ({
  shardId: 'shard-1',
  wabaId: 'waba-1',
  businessPortfolioId: 'portfolio-1',
  weight: 1,
  ratePerSecond: 80,
  capLeft: undefined,
  ...over,
});

export const aPlannedRow = (over: Partial<PlannedRow> = {}): PlannedRow => ({
  recipientId: 'adv-1',
  deliveryId: '5f0c0a58-3c1e-5c3d-8b43-7f3c9c1d2e3f',
  shardId: 'shard-1',
  contentPackId: 'pack-en',
  contentHash: 'c'.repeat(64),
  fallback: false,
  critical: false,
  language: 'en',
  deliveryMode: 'direct',
  templateFamily: 'daily_pack',
  templateVersion: 'v1',
  standbyTemplateVersion: 'v2',
  parametersSha256: 'd'.repeat(64),
  dueAt: new Date(OPENS_MS),
  ...over,
});

/** The run of 22 November 2026 with the usual times, open. */
export const aRun = (over: Partial<Run> = {}): Run => ({
  runId: 'main-20261122-0600',
  tenantId: 'main',
  runDate: '2026-11-22',
  state: 'OPEN',
  version: 1,
  window: sendWindowFor({ runDate: '2026-11-22' }),
  timeZone: 'Asia/Kolkata',
  objective: 0.99,
  slaStage: 'sent',
  jitterSeed: 'main-20261122-0600',
  planHash: undefined,
  planned: 0,
  fallback: 0,
  exclusions: [],
  shards: [],
  readiness: undefined,
  gatesPassed: 0,
  changedAtMs: 0,
  ...over,
});

/** Epoch ms of a local time of the run's date. */
export const at = (localTime: string): number => Date.parse(`2026-11-22T${localTime}+05:30`);

const REQUIRED = {
  KAFKA_BROKERS: 'localhost:9092',
  DATABASE_URL: 'postgresql://localhost/daybreak',
  ADDRESS_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  ADDRESS_PEPPER: Buffer.alloc(32, 2).toString('base64'),
};

/** The scheduler's configuration with nothing set but what must be. */
export const aConfig = (env: Readonly<Record<string, string>> = {}): SchedulerConfig =>
  loadConfig(schedulerConfig, { ...REQUIRED, ...env });
