import { register } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { rootSampler } from './root-sampler.js';
import { withoutQuery } from './span-url.js';

const PROBES = new Set(['/metrics', '/healthz', '/readyz']);

/** Starts the exporter and hooks the drivers. Bodies are never recorded; URLs lose their query, which may hold tokens and numbers. @param share of the many, as text */
export function startTracing(share?: string): void {
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const sdk = new NodeSDK({
    traceExporter: new OTLPTraceExporter(),
    sampler: rootSampler(share),
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => PROBES.has(request.url ?? ''),
        requestHook: (span) => withoutQuery(span),
      }),
      new UndiciInstrumentation({ requestHook: (span) => withoutQuery(span) }),
      new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false }),
      new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }), // arguments may be personal
      // Kafka: the event bus makes its own spans. Another's would overwrite the context that an event carries from its outbox row.
    ],
  });
  sdk.start();
  const flush = (): void => void sdk.shutdown().catch((error: unknown) => process.stderr.write(`telemetry: ${String(error)}\n`));
  process.once('SIGTERM', flush);
  process.once('SIGINT', flush);
}
