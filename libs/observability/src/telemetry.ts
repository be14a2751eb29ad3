/*
 * Loaded before everything else: `node --import @daybreak/observability/telemetry main.js`. Instrumentation must hook modules before they
 * are imported. Without an endpoint nothing is loaded and nothing is hooked: a start costs no more than reading this file.
 */
// The SDK's own variables, read before any of our code may run; the config lib cannot be loaded yet.
if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
  const { startTracing } = await import('./tracing.js');
  startTracing(process.env['OTEL_TRACES_SAMPLER_ARG']);
}

export {}; // top-level await needs a module
