import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ContentPackReadySchema,
  ContentPartKind,
  Criticality,
  RunChangedSchema,
  RunState,
  ShardMode,
  ShardRole,
  ShardStateSchema,
  TemplateRole,
  TemplateStateSchema,
  WabaMode,
  WabaStateSchema,
  type ContentPackReady,
  type RunChanged,
  type ShardState,
  type TemplateState,
  type WabaState,
} from '@daybreak/contracts';
import { contentHashOf, type PackAudience, type PackContent, type PackPartKind } from '@daybreak/delivery';
import { sha256Hex } from '@daybreak/kernel';
import { MORNING } from './delivery.factory.js';
import type { Over } from './over.js';

const EVENING_BEFORE_MS = MORNING.opensMs - 12 * 3_600_000;

/** The English pack of the morning, for everyone: one image and one text. Hash and approval fit the content unless the test says otherwise. */
export function aContentPackReady(over: Over<typeof ContentPackReadySchema> = {}): ContentPackReady {
  const language = over.language ?? 'en';
  const content: Over<typeof ContentPackReadySchema> = {
    contentPackId: `pack-20261122-${language}`,
    tenantId: 'main',
    runDate: MORNING.runDate,
    language,
    audience: { kind: { case: 'all', value: true } },
    parts: [
      {
        kind: ContentPartKind.POST_IMAGE,
        url: 'https://cdn.example/pack.jpg',
        sha256: sha256Hex('image'),
        mediaType: 'image/jpeg',
        sizeBytes: 20_480n,
      },
      { kind: ContentPartKind.TEXT, sha256: sha256Hex('Markets at a glance'), text: 'Markets at a glance' },
    ],
    criticality: Criticality.NORMAL,
    bodyParameters: { headline: 'Markets at a glance' },
    publishedAt: timestampFromMs(EVENING_BEFORE_MS),
    ...over,
  };
  const contentHash = over.contentHash ?? contentHashOf(contentOf(create(ContentPackReadySchema, content)));
  const approval = {
    approvedBy: 'compliance-1',
    approvedAt: timestampFromMs(EVENING_BEFORE_MS),
    reference: 'CMP-1',
    approvedContentHash: contentHash,
  };
  return create(ContentPackReadySchema, { ...content, contentHash, approval, ...over });
}

const contentOf = (pack: ContentPackReady): PackContent => ({
  ...pack,
  audience: audienceOf(pack),
  parts: pack.parts.map((part) => ({
    ...part,
    kind: `CONTENT_PART_KIND_${ContentPartKind[part.kind]}` as PackPartKind,
    sizeBytes: Number(part.sizeBytes),
  })),
  criticality: pack.criticality === Criticality.CRITICAL ? 'CRITICALITY_CRITICAL' : 'CRITICALITY_NORMAL',
});

function audienceOf(pack: ContentPackReady): PackAudience {
  const kind = pack.audience?.kind;
  switch (kind?.case) {
    case 'segment':
      return { kind: 'segment', segment: kind.value };
    case 'recipients':
      return { kind: 'recipients', recipientIds: kind.value.recipientIds };
    case 'fallback':
      return { kind: 'fallback' };
    case 'all':
    case undefined:
      return { kind: 'all' };
  }
}

/** The run of the morning, open. */
export function aRunChanged(over: Over<typeof RunChangedSchema> = {}): RunChanged {
  return create(RunChangedSchema, {
    runId: MORNING.runId,
    tenantId: 'main',
    runDate: MORNING.runDate,
    version: 1n,
    state: RunState.OPEN,
    window: {
      freezeAt: timestampFromMs(MORNING.freezeMs),
      stagedBy: timestampFromMs(MORNING.opensMs - 270_000),
      opensAt: timestampFromMs(MORNING.opensMs),
      firstAttemptsEndAt: timestampFromMs(MORNING.closesMs - 60_000),
      closesAt: timestampFromMs(MORNING.closesMs),
      deadlineAt: timestampFromMs(MORNING.deadlineMs),
      liveSealAt: timestampFromMs(MORNING.deadlineMs + 600_000),
      finalSealAt: timestampFromMs(MORNING.deadlineMs + 86_400_000),
      timeZone: 'Asia/Kolkata',
      objective: 0.99,
      slaStage: 'sent',
    },
    jitterSeed: 'seed',
    changedAt: timestampFromMs(EVENING_BEFORE_MS),
    ...over,
  });
}

/** A healthy primary number at 80 messages a second. */
export function aShardState(over: Over<typeof ShardStateSchema> = {}): ShardState {
  return create(ShardStateSchema, {
    shardId: 'shard-1',
    phoneNumberId: '106540352242922',
    wabaId: '102290129340398',
    businessPortfolioId: '506914307656634',
    role: ShardRole.PRIMARY,
    mode: ShardMode.ACTIVE,
    allowedRate: 76,
    throughputMps: 80,
    qualityRating: 'GREEN',
    changedAt: timestampFromMs(EVENING_BEFORE_MS),
    version: 1n,
    weight: 1,
    displaySuffix: '…4321',
    ...over,
  });
}

/** A WABA in good standing. */
export function aWabaState(over: Over<typeof WabaStateSchema> = {}): WabaState {
  return create(WabaStateSchema, {
    wabaId: '102290129340398',
    businessPortfolioId: '506914307656634',
    mode: WabaMode.ACTIVE,
    portfolioMessagingLimit: 100_000n,
    changedAt: timestampFromMs(EVENING_BEFORE_MS),
    version: 1n,
    ...over,
  });
}

/** The active English daily pack template, approved and green. */
export function aTemplateState(over: Over<typeof TemplateStateSchema> = {}): TemplateState {
  return create(TemplateStateSchema, {
    family: 'daily_pack',
    language: 'en',
    templateVersion: 'v1',
    name: 'daily_pack_v1',
    wabas: [{ wabaId: '102290129340398', templateId: '64244916695', status: 'APPROVED', qualityScore: 'GREEN', category: 'MARKETING' }],
    role: TemplateRole.ACTIVE,
    bodyParameterNames: ['name', 'headline'],
    namedParameters: true,
    hasImageHeader: true,
    changedAt: timestampFromMs(EVENING_BEFORE_MS),
    version: 1n,
    ...over,
  });
}
