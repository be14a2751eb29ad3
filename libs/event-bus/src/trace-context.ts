import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Link } from '@opentelemetry/api';
import type { Received } from './received.js';

const TRACEPARENT = 'traceparent';
const MAX_LINKS = 64; // a batch of a thousand events must not become a span of a thousand links

/** The `traceparent` of whatever is being done now; nothing when it is not traced. */
export function traceHeaders(): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  const traceparent = carrier[TRACEPARENT];
  return traceparent === undefined ? {} : { [TRACEPARENT]: traceparent };
}

/** Runs the handling of a batch in a span of its own, linked to the spans its events came from: a batch has many parents. */
export async function inBatchSpan<T>(topic: string, received: readonly Received<unknown>[], work: () => Promise<T>): Promise<T> {
  const tracer = trace.getTracer('@daybreak/event-bus');
  const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': topic, 'messaging.batch.message_count': received.length };
  return tracer.startActiveSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, links: linksOf(received), attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR }); // the message may hold what a span must not
      throw error;
    } finally {
      span.end();
    }
  });
}

function linksOf(received: readonly Received<unknown>[]): Link[] {
  const parents = new Set<string>();
  for (const { headers } of received) {
    const traceparent = headers[TRACEPARENT];
    if (traceparent !== undefined) parents.add(traceparent);
    if (parents.size === MAX_LINKS) break;
  }
  return [...parents].flatMap((traceparent) => {
    const linked = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { [TRACEPARENT]: traceparent }));
    return linked === undefined ? [] : [{ context: linked }];
  });
}
