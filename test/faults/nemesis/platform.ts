import type { FaultContext } from '../context.js';

/* What Meta may do to requests, for so many seconds of the run's clock. */

/** Half of the requests are taken in and never answered; of the others one in four is neither. */
export async function loseAnswers(context: FaultContext, seconds: number): Promise<void> {
  const ids = [
    await context.platform.addFault({ kind: 'drop', accepts: true, share: 0.5 }),
    await context.platform.addFault({ kind: 'drop', share: 0.25 }),
  ];
  const before = await context.platform.posts({ fault: 'drop' });
  await context.forClockSeconds(seconds);
  for (const id of ids) await context.platform.removeFault(id);
  const lost = (await context.platform.posts({ fault: 'drop' })) - before;
  context.bit(`${lost} answers were lost`, lost > 0);
}

/** Everybody is told 130429. */
export async function refuseForRate(context: FaultContext, seconds: number): Promise<void> {
  const before = await context.platform.posts({ code: 130_429 });
  const id = await context.platform.addFault({ kind: 'error', code: 130_429 });
  await context.forClockSeconds(seconds);
  await context.platform.removeFault(id);
  const refused = (await context.platform.posts({ code: 130_429 })) - before;
  context.bit(`${refused} messages were refused for rate`, refused > 0);
}
