import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics, type TopicName } from '@daybreak/contracts';
import { describe, expect, it } from '@jest/globals';

const services = join(import.meta.dirname, '../../services');

/** Services that have a handler, by the topic's name in the catalogue. */
const handlers = new Map<string, Set<string>>();
for (const file of globSync('*/src/inbound/*.consumer.ts', { cwd: services })) {
  const [service = ''] = file.split('/');
  for (const [, topic = ''] of readFileSync(join(services, file), 'utf8').matchAll(/@EventPattern<string>\(topics\.(\w+)\.name\)/g))
    handlers.set(topic, (handlers.get(topic) ?? new Set()).add(service));
}

describe('the catalogue of topics', () => {
  it.each(Object.keys(topics) as TopicName[])('says of %s which services listen to it, and names no others', (topic) => {
    const listening = topics[topic].to.filter((consumer) => existsSync(join(services, consumer)));

    expect(listening.toSorted()).toEqual([...(handlers.get(topic) ?? [])].toSorted());
  });
});
