import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PurposeConsent } from '@daybreak/consent';
import { manualClock } from '@daybreak/kernel';
import type { Learnt } from '../states/breakers.js';
import type { ShardLease } from '../shard/shard-lease.js';
import type { ReplyClaim, ReplyClaimRequest, ReplyContent, ReplyOutcome } from '../store/reply.repository.js';
import { ReplyLane, type ReplyLaneParts } from './reply-lane.js';
import type { SendReply, SentReply } from './send-reply.js';

const NOW_MS = 1_795_300_000_000;
const SAID_YES: PurposeConsent = { state: 'opted_in', sinceMs: NOW_MS - 86_400_000 };
const SAID_NO: PurposeConsent = { state: 'opted_out', sinceMs: NOW_MS };

const MESSAGE: ReplyContent = {
  kind: 'template',
  name: 'daily_pack_v1',
  language: 'en',
  bodyParameters: {},
  imageUrl: null,
  isTest: false,
};
const AI_WRITTEN: ReplyContent = { kind: 'text', text: 'A SIP is a monthly investment.', aiWritten: true };
const CONFIRMATION: ReplyContent = { kind: 'text', text: 'You will get no more packs.' };

const ACCEPTED: SentReply = { settlement: { kind: 'accepted', wamidHash: '', held: false } };

function setup() {
  const said = {
    since: undefined as PurposeConsent | undefined,
    toAi: null as PurposeConsent | null,
    standstill: undefined as string | undefined,
    closedTemplate: '',
    due: [] as ReplyClaim[],
    isOurs: true,
    databaseIsAway: false,
  };
  const answer = <T>(value: T): Promise<T> => (said.databaseIsAway ? Promise.reject(new Error('away')) : Promise.resolve(value));
  const outcomes: ReplyOutcome[] = [];
  const claims: ReplyClaimRequest[] = [];
  const post = jest.fn<SendReply['post']>().mockResolvedValue(ACCEPTED);
  const parts = {
    replies: {
      claim: (request: ReplyClaimRequest) => {
        claims.push(request);
        return answer(request.limit === 0 ? [] : said.due.splice(0));
      },
      begin: () => answer(said.isOurs),
      settle: (outcome: ReplyOutcome) => answer(outcome).then((written) => void outcomes.push(written)),
      consent: (_: string, purpose: string) => answer(purpose === 'ai' ? said.toAi : SAID_YES),
    },
    sendReply: { post },
    states: {
      shard: () => ({ phoneNumberId: '106', wabaId: 'waba-1' }),
      standstill: () => said.standstill,
      recentConsent: { since: () => said.since },
      breakers: { isTemplateClosed: (wabaId: string, template: string) => `${wabaId}/${template}` === said.closedTemplate },
    },
    clock: manualClock(NOW_MS),
    logger: { warn: jest.fn() },
  } as unknown as ReplyLaneParts;
  const lease = { shardId: 'shard-1', epoch: 1, owner: 'pod', isFresh: () => true } as unknown as ShardLease;
  return { sut: new ReplyLane(lease, parts), said, post, outcomes, claims };
}

const claimed = (content: ReplyContent, consent: PurposeConsent | null = SAID_YES): ReplyClaim => ({
  replyId: '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70',
  recipientId: 'adv-1',
  sealedAddress: new Uint8Array(),
  content,
  purpose: '',
  attempt: 1,
  spared: 0,
  epoch: 1,
  closesAtMs: NOW_MS + 60_000,
  consent,
  claimedAtMonoMs: performance.now(),
});

describe(ReplyLane.name, () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['performance'] }));
  afterEach(() => void jest.useRealTimers());

  /** The lane has looked, and what it found is its turn; what happens between the two is the test's. */
  const turnOf = async (
    { sut, said }: ReturnType<typeof setup>,
    reply: ReplyClaim,
    meanwhile: () => void = () => undefined,
  ): Promise<void> => {
    said.due = [reply];
    sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    meanwhile();
    await sut.postNext();
    await sut.stop();
  };

  it('posts a message to somebody who agreed', async () => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE));

    expect(world.post).toHaveBeenCalledTimes(1);
    expect(world.outcomes).toMatchObject([{ claim: { attempt: 1, epoch: 1 }, settlement: { kind: 'accepted' } }]);
  });

  it('does not post a message to somebody who said STOP after it was claimed', async () => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE), () => (world.said.since = SAID_NO));

    expect(world.post).not.toHaveBeenCalled();
    expect(world.outcomes).toMatchObject([{ settlement: { kind: 'suppressed' } }]);
  });

  it('does not post a message to somebody of whose consent nothing is known any more', async () => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE, null));

    expect(world.outcomes).toMatchObject([{ settlement: { kind: 'suppressed' } }]);
  });

  it('tells somebody who said STOP that it was heard', async () => {
    const world = setup();

    await turnOf(world, claimed(CONFIRMATION, SAID_NO), () => (world.said.since = SAID_NO));

    expect(world.post).toHaveBeenCalledTimes(1);
  });

  it.each<[string, PurposeConsent | null, string]>([
    ['posts', SAID_YES, 'accepted'],
    ['does not post, without a yes to ai,', null, 'suppressed'],
    ['does not post, after a no to ai,', SAID_NO, 'suppressed'],
    ['does not post, while ai is paused,', { state: 'paused', sinceMs: NOW_MS }, 'suppressed'],
  ])('%s what a machine wrote', async (_, toAi, kind) => {
    const world = setup();

    await turnOf(world, claimed(AI_WRITTEN), () => (world.said.toAi = toAi));

    expect(world.outcomes).toMatchObject([{ settlement: { kind } }]);
    expect(world.post).toHaveBeenCalledTimes(kind === 'accepted' ? 1 : 0);
  });

  it.each<[string, (said: ReturnType<typeof setup>['said']) => void]>([
    ['the number stands still', (said) => (said.standstill = 'the number is halted: banned')],
    ['a breaker of its template is open', (said) => (said.closedTemplate = 'waba-1/daily_pack_v1/en')],
    ['its claim has another owner', (said) => (said.isOurs = false)],
    ['the database is away', (said) => (said.databaseIsAway = true)],
  ])('lets go of a message while %s, so that the next look finds its row', async (_, meanwhile) => {
    const world = setup();
    world.said.due = [claimed(MESSAGE)];
    world.sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    meanwhile(world.said);

    await world.sut.postNext();

    expect([world.post.mock.calls, world.outcomes]).toEqual([[], []]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(world.claims.at(-1)?.held).toEqual([]);
    await world.sut.stop();
  });

  it('claims nothing while its number stands still', async () => {
    const world = setup();
    world.said.standstill = 'breaker of account waba-1: token';
    world.said.due = [claimed(CONFIRMATION)];

    world.sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(world.claims.map(({ limit }) => limit)).toContain(0);
    expect(world.sut.next).toBeUndefined();
    await world.sut.stop();
  });

  it.each<[string, ReplyContent, (said: ReturnType<typeof setup>['said']) => void, boolean]>([
    ['the number may still send', MESSAGE, () => undefined, true],
    ['somebody paused the number', MESSAGE, (said) => (said.standstill = 'paused: kill switch'), false],
    ['its recipient said STOP', MESSAGE, (said) => (said.since = SAID_NO), false],
    ['it is the word that their STOP was heard', CONFIRMATION, (said) => (said.since = SAID_NO), true],
  ])('looks once more before the first byte: %s', async (_, content, meanwhile, may) => {
    const world = setup();
    await turnOf(world, claimed(content));

    meanwhile(world.said);

    expect(world.post.mock.calls[0]?.[2]()).toBe(may);
  });

  it('keeps a result that the database does not take, and writes it when it is back', async () => {
    const world = setup();
    world.post.mockImplementation(() => {
      world.said.databaseIsAway = true;
      return Promise.resolve(ACCEPTED);
    });
    world.said.due = [claimed(CONFIRMATION)];
    world.sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    await world.sut.postNext();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(world.outcomes).toEqual([]);

    world.said.databaseIsAway = false;
    await jest.advanceTimersByTimeAsync(1_000);

    expect(world.outcomes).toMatchObject([{ settlement: { kind: 'accepted' } }]);
    expect(world.claims.at(-1)?.held).toEqual([]);
    await world.sut.stop();
  });

  it('says what a POST tells of everybody behind the same number', async () => {
    const world = setup();
    const learnt = { target: { shardId: 'shard-1' }, outcome: { kind: 'not-sent', reason: 'dns' } } as unknown as Learnt;
    world.post.mockResolvedValue({ ...ACCEPTED, learnt });
    world.said.due = [claimed(CONFIRMATION)];
    world.sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(await world.sut.postNext()).toBe(learnt);
    await world.sut.stop();
  });

  it('stops although the database is away', async () => {
    const world = setup();
    world.said.due = [claimed(CONFIRMATION)];
    world.sut.start(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    world.said.databaseIsAway = true;

    await expect(world.sut.stop()).resolves.toBeUndefined();

    expect(world.sut.next).toBeUndefined();
  });
});
