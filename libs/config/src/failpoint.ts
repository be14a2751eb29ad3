/** Places at which a process may be made to die: where a crash has something to lose, and no test can time one from outside. */
export type Failpoint =
  /** The delivery is claimed, and no byte has left. */
  | 'sender.before-post'
  /** Meta has answered, and nothing of it is written. */
  | 'sender.after-post'
  /** Kafka has acknowledged, and the outbox rows are still there. */
  | 'outbox.after-send';

/**
 * For fault tests: `FAILPOINT=sender.after-post:20` ends this process with SIGKILL when it comes by that place for the 20th time. Without the
 * variable it does nothing; with it, a process of an image (NODE_ENV=production) refuses to start.
 */
export const failpoint = failpointOf(process.env, () => process.kill(process.pid, 'SIGKILL'));

/** @param die does not return in a real process */
export function failpointOf(env: NodeJS.ProcessEnv, die: () => void): (place: Failpoint) => void {
  const armed = env['FAILPOINT'];
  if (armed === undefined || armed === '') return () => undefined;
  if (env['NODE_ENV'] === 'production') throw new Error('FAILPOINT is for tests; a production image does not take it');
  const [, name, nth] = /^([a-z.-]+):([1-9]\d*)$/.exec(armed) ?? [];
  if (name === undefined) throw new Error('FAILPOINT must look like sender.after-post:20');
  let left = Number(nth);
  return (place) => {
    if (place !== name) return;
    left -= 1;
    if (left === 0) die();
  };
}
