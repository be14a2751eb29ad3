import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import type { CommandSet } from '../cli.js';
import { table } from '../table.js';

const control = z.looseObject({
  paused: z.boolean(),
  draining: z.boolean(),
  maxRate: z.number().nullable(),
  reason: z.string(),
  actor: z.string(),
});
const breaker = z.looseObject({
  scope: z.string(),
  key: z.string(),
  fault: z.string(),
  openedAt: z.string(),
  endedBy: z.string(),
  until: z.string().nullish(),
});
const capacity = z.looseObject({
  maximumRate: z.number(),
  availableRate: z.number(),
  actualRate: z.number(),
  utilisation: z.number(),
});
const shard = z.looseObject({
  shardId: z.string(),
  state: z.string(),
  role: z.string(),
  owner: z.string().nullable(),
  epoch: z.number(),
  heldBack: z.string().nullable(),
  control: control.nullable(),
  capacity,
  due: z.number(),
  claimed: z.number(),
  inFlight: z.number(),
  deliveries: z.record(z.string(), z.number()),
  breakers: z.array(breaker),
});
const account = z.looseObject({
  wabaId: z.string(),
  shardIds: z.array(z.string()),
  capacity,
  portfolioLimit: z.number().nullable(),
  portfolioStartedToday: z.number(),
});
const survey = z.looseObject({
  killSwitch: control.nullable(),
  shards: z.array(shard),
  accounts: z.array(account),
  breakers: z.array(breaker),
});

/** Numbers as the sender sees them, and what an operator says of them. */
export const shardCommands: CommandSet = (program, cli) => {
  const shards = program.command('shards').description('phone numbers: who sends from them, how fast, what waits');

  shards
    .command('list')
    .description('every number: owner, rate, what is due and in flight, what stands still')
    .action(async () => {
      const answer = await cli.sender.get('/shards', survey);
      cli.show(answer, () => asText(answer));
    });

  const steer = (how: 'pause' | 'resume' | 'drain', description: string): void => {
    withReason(shards.command(`${how} <shard>`).description(description)).action(
      async (shardId: string, { reason }: { reason: string }) => {
        const answer = await cli.sender.post(`/shards/${encodeURIComponent(shardId)}/${how}`, control, { body: { reason } });
        cli.show(answer, () => `${shardId}: ${wordOf(answer)}\n`);
      },
    );
  };
  steer('pause', 'nothing starts from this number until it is resumed; its deliveries wait');
  steer('resume', 'end a pause or a drain');
  steer('drain', 'finish what is claimed, claim nothing more, hand the rest to the other numbers');

  withReason(
    shards.command('rate <shard> <messages-per-second>').description('send no faster than this; `auto`: as fast as the number allows'),
  ).action(async (shardId: string, rate: string, { reason }: { reason: string }) => {
    const body = { messagesPerSecond: rateOf(rate), reason };
    const answer = await cli.sender.put(`/shards/${encodeURIComponent(shardId)}/rate`, control, { body });
    cli.show(answer, () => `${shardId}: ${wordOf(answer)}\n`);
  });
};

/** Everything at once, and what stands still by itself. */
export const emergencyCommands: CommandSet = (program, cli) => {
  const killSwitch = program.command('kill-switch').description('stop everything now, or go on');
  for (const [name, on, description] of [
    ['on', true, 'nothing starts from any number; in force everywhere within two seconds'],
    ['off', false, 'go on; numbers that were paused by themselves stay paused'],
  ] as const)
    withReason(killSwitch.command(name).description(description)).action(async ({ reason }: { reason: string }) => {
      const answer = await cli.sender.post('/kill-switch', control, { body: { on, reason } });
      cli.show(answer, () => `everything: ${wordOf(answer)}\n`);
    });

  withReason(
    program
      .command('breakers')
      .description('what stands still until somebody ends it; `shards list` shows it')
      .command('close <scope> <key>')
      .description('end it, e.g. `breakers close template <WABA id>/daily_pack_v1/en`'),
  ).action(async (scope: string, key: string, { reason }: { reason: string }) => {
    const path = `/breakers/${encodeURIComponent(scope)}/${encodeURIComponent(key)}/close`;
    const answer = await cli.sender.post(path, z.looseObject({ closed: z.boolean() }), { body: { reason } });
    cli.show(answer, () => `${scope} ${key}: closed\n`);
  });
};

const withReason = (command: Command): Command => command.requiredOption('--reason <text>', 'why, for the audit log and the next operator');

function rateOf(text: string): number | null {
  if (text === 'auto') return null;
  const rate = Number(text);
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError('messages-per-second is a number above 0, or auto.');
}

function wordOf({ paused, draining, maxRate, actor, reason }: z.output<typeof control>): string {
  const rate = maxRate === null ? '' : `, at most ${maxRate}/s`;
  return `${paused ? 'paused' : draining ? 'draining' : 'sending'}${rate} (${actor}: ${reason})`;
}

function asText({ killSwitch, shards, accounts, breakers }: z.output<typeof survey>): string {
  const everything = killSwitch?.paused ? `STOPPED by the kill switch (${killSwitch.actor}: ${killSwitch.reason})\n\n` : '';
  const numbers = table(
    ['SHARD', 'STATE', 'OWNER', 'EPOCH', 'RATE/S', 'MAX/S', 'NOW/S', 'USED', 'DUE', 'WAITING', 'CLAIMED', 'IN FLIGHT', 'HELD BACK BY'],
    shards.map((one) => [
      one.shardId,
      one.role === 'standby' && one.state !== 'standby' ? `${one.state} (standby)` : one.state,
      one.owner ?? 'nobody',
      one.epoch,
      one.capacity.availableRate,
      one.capacity.maximumRate,
      one.capacity.actualRate,
      `${Math.round(one.capacity.utilisation * 100)} %`,
      one.due,
      one.deliveries['QUEUED'] ?? 0,
      one.claimed,
      one.inFlight,
      one.heldBack,
    ]),
  );
  const ofAccounts = table(
    ['ACCOUNT', 'NUMBERS', 'RATE/S', 'MAX/S', 'NOW/S', 'USED', 'STARTED TODAY', 'LIMIT'],
    accounts.map(({ wabaId, shardIds, capacity: its, portfolioLimit, portfolioStartedToday }) => [
      wabaId,
      shardIds.length,
      its.availableRate,
      its.maximumRate,
      its.actualRate,
      `${Math.round(its.utilisation * 100)} %`,
      portfolioStartedToday,
      portfolioLimit,
    ]),
  );
  const still = table(
    ['STANDS STILL', 'KEY', 'FAULT', 'SINCE', 'UNTIL'],
    breakers.map(({ scope, key, fault, openedAt, endedBy, until }) => [scope, key, fault, openedAt, until ?? `the ${endedBy} ends it`]),
  );
  return `${everything}${numbers}\n${ofAccounts}${breakers.length === 0 ? '' : `\n${still}`}`;
}
