import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
}

interface RequestQueueClass {
  readonly prototype: { scheduleCheckPendingRequests: (this: RequestQueue) => void };
}

const tamed = new WeakSet<RequestQueueClass>();

/**
 * kafkajs 2.2.4 re-arms a timer on every connection for ever, to look at requests that wait for their turn, also when none does; its delay is then
 * negative, which Node takes for one millisecond, and warns of (tulios/kafkajs#1751). A thousand wake-ups a second for every broker, in every
 * process. A request that comes to wait arms the timer itself, so nothing is lost by not arming it before.
 * Every process that uses kafkajs by itself needs it too: the timers outlive the connections, and the process would never end.
 */
export function tameTimers(): void {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as RequestQueueClass;
  if (tamed.has(queue)) return;
  tamed.add(queue);
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
