import { tracing } from '@opentelemetry/sdk-node';
const { ParentBasedSampler, TraceIdRatioBasedSampler, SamplingDecision } = tracing;

/** One send in a hundred tells as much of the sends as all of them. */
const SHARE_OF_THE_MANY = 0.01;

/** Few a day, each worth keeping. */
const ALWAYS_KEPT = /^(?:run|plan|readiness|preflight|playbook|template)\b/;

/** What begins a trace: everything rare, one in a hundred of the many. What belongs to a trace follows its beginning. */
export function rootSampler(): tracing.Sampler {
  const share = new TraceIdRatioBasedSampler(SHARE_OF_THE_MANY);
  return new ParentBasedSampler({
    root: {
      shouldSample: (...args) =>
        ALWAYS_KEPT.test(args[2]) ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : share.shouldSample(args[0], args[1]),
      toString: () => `DaybreakRootSampler{${SHARE_OF_THE_MANY}}`,
    },
  });
}
