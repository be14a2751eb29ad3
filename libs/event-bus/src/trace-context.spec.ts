import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';
import type { Received } from './received.js';
import { inBatchSpan, traceHeaders } from './trace-context.js';

const exporter = new tracing.InMemorySpanExporter();
const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });
const received = (headers: Record<string, string>): Received<unknown> => ({
  key: 'k',
  eventId: 'e',
  event: {},
  topic: 't',
  partition: 0,
  offset: '0',
  timestampMs: 0,
  headers,
});

describe('trace context', () => {
  beforeAll(() => provider.register()); // with its context manager and the W3C propagator
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    await provider.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
  });

  it('goes with an event that is published in a span, and with none that is not', () => {
    expect(traceHeaders()).toEqual({});

    trace.getTracer('test').startActiveSpan('webhook', (span) => {
      expect(traceHeaders()).toEqual({ traceparent: `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01` });
      span.end();
    });
  });

  it('links the batch to every trace its events came from, once', async () => {
    const parents = ['a', 'b'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);

    await inBatchSpan(
      'daybreak.a.b.v1',
      [parents[0], parents[1], parents[1]].map((p) => received({ traceparent: p ?? '' })),
      () => Promise.resolve(),
    );

    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: 'process daybreak.a.b.v1', attributes: { 'messaging.batch.message_count': 3 } });
    expect(span?.links.map((link) => link.context.traceId)).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
  });

  it('passes a handler’s error on, and keeps its words out of the span', async () => {
    await expect(inBatchSpan('t', [received({})], () => Promise.reject(new Error('+919812345678 again')))).rejects.toThrow('again');

    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.events).toEqual([]);
  });
});
