import { tracing } from '@opentelemetry/sdk-node';
const { ParentBasedSampler, TraceIdRatioBasedSampler, SamplingDecision } = tracing;

/** One send in a hundred tells as much of the sends as all of them. */
const SHARE_OF_THE_MANY = 0.01;

/** The SDK's own variable, where somebody wants another share: 1 is all. */
const shareIn = (text: string | undefined): number => {
  const share = text === undefined || text === '' ? NaN : Number(text);
  return share >= 0 && share <= 1 ? share : SHARE_OF_THE_MANY;
};

/** Few a day, each worth keeping. */
const ALWAYS_KEPT = /^(?:run|plan|readiness|preflight|playbook|template)\b/;

/**
 * What begins a trace: everything rare, a share of the many. What belongs to a trace follows its beginning.
 * @param wanted `OTEL_TRACES_SAMPLER_ARG`
 */
export function rootSampler(wanted?: string): tracing.Sampler {
  const ratio = shareIn(wanted);
  const share = new TraceIdRatioBasedSampler(ratio);
  return new ParentBasedSampler({
    root: {
      shouldSample: (...args) =>
        ALWAYS_KEPT.test(args[2]) ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : share.shouldSample(args[0], args[1]),
      toString: () => `DaybreakRootSampler{${ratio}}`,
    },
  });
}
