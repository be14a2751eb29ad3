import { NUMBERS } from '../../morning/platform.js';
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

/* What Meta may do to us, until somebody ends it. */

/** The first number is banned. Resolves when what waited for it is handed on. */
export async function banNumber(context: FaultContext): Promise<(typeof NUMBERS)[0]> {
  const [banned] = NUMBERS;
  const waiting = await context.deliveries(['QUEUED'], banned.shardId);
  await context.platform.act({ do: 'set-number-status', number: 1, status: 'BANNED' });
  context.bit(`the first number was banned with ${waiting} deliveries waiting for it`, waiting > 0);
  await context.until(
    `nothing waits for ${banned.shardId}`,
    async () => (await context.deliveries(['QUEUED'], banned.shardId)) === 0,
    60_000,
  );
  context.note(`its deliveries were handed on by T+${context.secondsIntoWindow.toFixed(0)}`);
  return banned;
}

/** The English template that most deliveries wait for is paused. Returns its name. */
export async function pauseTemplate(context: FaultContext): Promise<string> {
  const [row] = await context.sql<{ template: string; n: string }>(
    'sender',
    `select split_part(template, '/', 1) as template, count(*) as n from delivery
     where state = 'QUEUED' and template like '%/en' group by 1 order by 2 desc limit 1`,
  );
  const template = row?.template ?? '';
  const waiting = Number(row?.n ?? 0);
  if (waiting > 0) await context.platform.act({ do: 'set-template-quality', template, language: 'en', qualityScore: 'RED' });
  const { templates } = await context.platform.state();
  const status = templates.find(({ name, language }) => name === template && language === 'en')?.status;
  context.bit(`the English template was ${status} with ${waiting} deliveries waiting for it`, status === 'PAUSED' && waiting > 0);
  return template;
}

/** Nobody brings another one. */
export async function revokeToken(context: FaultContext): Promise<void> {
  const waiting = await context.deliveries(['QUEUED']);
  await context.platform.act({ do: 'revoke-token' });
  await context.until('a request is refused for its token', async () => (await context.platform.posts({ code: 190 })) > 0);
  context.bit(`the token was refused with ${waiting} deliveries waiting`, waiting > 0);
}
