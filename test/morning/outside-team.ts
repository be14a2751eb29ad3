import { randomUUID } from 'node:crypto';
import { create, toBinary, toJsonString, type Message } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ContentPackReadySchema, ContentPartKind, Criticality, topics, type ContentPackReady, type Topic } from '@daybreak/contracts';
import { contentHashOf, type PackAudience, type PackContent } from '@daybreak/delivery';
import { sealAddressJwe } from '@daybreak/privacy';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { recipientOf, SEGMENTS, type Advisor } from './population.js';

const LANGUAGES = ['en', 'hi', 'mr'] as const;
const HEADLINES = { en: 'Markets at a glance', hi: 'बाज़ार एक नज़र में', mr: 'बाजार एका दृष्टिक्षेपात' } as const;
const BATCH = 500;

/** What other teams do: they know brokers, topic names and docs/events.md, and nothing of Daybreak's code but its contracts. */
export class OutsideTeam {
  private readonly producer: Producer;

  constructor(
    brokers: string,
    private readonly namespace: string,
  ) {
    this.producer = new Kafka({ clientId: 'outside-team', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  }

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  /** The back office: everybody, as protobuf, the address as a JWE. */
  async publishRecipients(advisors: readonly Advisor[], publicJwk: Parameters<typeof sealAddressJwe>[1], atMs: number): Promise<void> {
    for (let from = 0; from < advisors.length; from += BATCH) {
      const batch = advisors.slice(from, from + BATCH);
      const events = await Promise.all(batch.map(async (a) => recipientOf(a, await sealAddressJwe(a.phoneNumber, publicJwk), atMs)));
      await this.publish(topics.recipientUpserted, events, 'application/protobuf');
    }
  }

  /** The content service: one pack per language and segment and one fallback per language, as canonical JSON. */
  async publishPacks(originUrl: string, runDate: string, atMs: number): Promise<ContentPackReady[]> {
    const packs: ContentPackReady[] = [];
    for (const language of LANGUAGES) {
      for (const segment of SEGMENTS) packs.push(await this.pack(originUrl, language, { kind: 'segment', segment }, runDate, atMs));
      packs.push(await this.pack(originUrl, language, { kind: 'fallback' }, '', atMs));
    }
    await this.publish(topics.contentPackReady, packs, 'application/json');
    return packs;
  }

  private async pack(originUrl: string, language: (typeof LANGUAGES)[number], audience: PackAudience, runDate: string, atMs: number) {
    const name = `${runDate === '' ? 'evergreen' : runDate}-${audience.kind === 'segment' ? audience.segment : audience.kind}-${language}`;
    const image = await describeImage(originUrl, `${name}.png`);
    const content: PackContent = {
      contentPackId: name,
      tenantId: 'main',
      runDate,
      language,
      audience,
      parts: [
        { kind: 'CONTENT_PART_KIND_POST_IMAGE', sha256: image.sha256, mediaType: image.mediaType, sizeBytes: image.sizeBytes, text: '' },
      ],
      criticality: audience.kind === 'fallback' ? 'CRITICALITY_CRITICAL' : 'CRITICALITY_NORMAL',
      bodyParameters: { headline: HEADLINES[language] },
    };
    const contentHash = contentHashOf(content);
    return create(ContentPackReadySchema, {
      contentPackId: name,
      tenantId: content.tenantId,
      runDate,
      language,
      audience: { kind: audience.kind === 'segment' ? { case: 'segment', value: audience.segment } : { case: 'fallback', value: true } },
      parts: [
        {
          kind: ContentPartKind.POST_IMAGE,
          url: image.url,
          sha256: image.sha256,
          mediaType: image.mediaType,
          sizeBytes: BigInt(image.sizeBytes),
        },
      ],
      criticality: audience.kind === 'fallback' ? Criticality.CRITICAL : Criticality.NORMAL,
      approval: {
        approvedBy: 'compliance-desk',
        approvedAt: timestampFromMs(atMs),
        reference: `CMP-${name}`,
        approvedContentHash: contentHash,
      },
      contentHash,
      bodyParameters: content.bodyParameters,
      publishedAt: timestampFromMs(atMs),
    });
  }

  private async publish<T extends Message>(
    topic: Topic<T>,
    events: readonly T[],
    contentType: 'application/protobuf' | 'application/json',
  ): Promise<void> {
    await this.producer.send({
      topic: this.namespace === '' ? topic.name : `${this.namespace}.${topic.name}`,
      acks: -1,
      messages: events.map((event) => ({
        key: topic.keyOf(event),
        value: contentType === 'application/json' ? toJsonString(topic.schema, event) : Buffer.from(toBinary(topic.schema, event)),
        headers: { ce_id: randomUUID(), ce_type: topic.schema.typeName, 'content-type': contentType },
      })),
    });
  }
}

/** The content service made its images itself: it need not ask the CDN what they are. */
async function describeImage(
  originUrl: string,
  path: string,
): Promise<{ url: string; sha256: string; mediaType: string; sizeBytes: number }> {
  const response = await fetch(`${originUrl}/describe?path=${encodeURIComponent(path)}`);
  if (!response.ok) throw new Error(`the origin answered ${response.status} for ${path}`);
  const image = (await response.json()) as { sha256: string; media_type: string; size_bytes: number };
  return { url: `${originUrl}/${path}`, sha256: image.sha256, mediaType: image.media_type, sizeBytes: image.size_bytes };
}
