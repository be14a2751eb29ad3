import { describe, expect, it } from '@jest/globals';
import { eventsIn } from '../../page/events.js';

const bodyOf = (...chunks: readonly string[]): ReadableStream<Uint8Array> =>
  ReadableStream.from(chunks).pipeThrough(new TextEncoderStream());

describe('the page', () => {
  it.each([
    ['in one piece', ['event: run\nid: 1\ndata: {"a":1}\n\nevent: still\nid: 2\ndata: {}\n\n']],
    ['cut anywhere', ['event: r', 'un\nid: 1\ndata: {"a"', ':1}\n', '\nevent: still\nid: 2\ndata: {}\n', '\nevent: run\ndata: half of']],
  ])('reads events that come %s, and none that is not whole', async (_what, chunks) => {
    const events = [];
    for await (const event of eventsIn(bodyOf(...chunks))) events.push(event);

    expect(events).toEqual([
      { type: 'run', data: '{"a":1}' },
      { type: 'still', data: '{}' },
    ]);
  });
});
