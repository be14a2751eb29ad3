import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ConsentState, type ConsentChanged } from '@daybreak/contracts';
import { invalid } from '@daybreak/kernel';

const SECOND_MS = 1_000;

/** The opt-out, or the pause, of content that this consent holds, if it holds one. */
export function optOutsOf(event: ConsentChanged): { recipientId: string; optedOutAt: number }[] {
  if (event.recipientId === '') throw invalid({ field: 'recipient_id', reason: 'is required' });
  return event.purposes
    .filter(({ purpose, state }) => purpose === 'content' && (state === ConsentState.OPTED_OUT || state === ConsentState.PAUSED))
    .map(({ since }) => {
      if (since === undefined) throw invalid({ field: 'purposes.since', reason: 'is required' });
      return { recipientId: event.recipientId, optedOutAt: endOfGrain(timestampMs(since)) };
    });
}

/** Meta stamps whole seconds. Whoever was written to within that second, and said no after it, did not say no before it. */
const endOfGrain = (atMs: number): number => (atMs % SECOND_MS === 0 ? atMs + SECOND_MS - 1 : atMs);
