import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PurposeConsent } from '@daybreak/consent';
import { manualClock } from '@daybreak/kernel';
import type { ShardLease } from '../shard/shard-lease.js';
import type { ReplyClaim, ReplyContent } from '../store/reply.repository.js';
import { ReplyLane, type ReplyLaneParts } from './reply-lane.js';

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

function setup() {
  const said: {
    since: PurposeConsent | undefined;
    toAi: PurposeConsent | null;
    paused: boolean;
    closedTemplate: string;
    due: ReplyClaim[];
  } = {
    since: undefined,
    toAi: null,
    paused: false,
    closedTemplate: '',
    due: [],
  };
  const sendReply = { post: jest.fn(), suppress: jest.fn(), handBack: jest.fn() };
  const parts = {
    replies: {
      claim: () => Promise.resolve(said.due.splice(0)),
      consent: (_: string, purpose: string) => Promise.resolve(purpose === 'ai' ? said.toAi : SAID_YES),
    },
    sendReply,
    states: {
      shard: () => ({ phoneNumberId: '106' }),
      control: () => ({ paused: said.paused }),
      recentConsent: { since: () => said.since },
      breakers: { isTemplateClosed: (template: string) => template === said.closedTemplate },
    },
    clock: manualClock(NOW_MS),
    logger: { warn: jest.fn() },
  } as unknown as ReplyLaneParts;
  const lease = { shardId: 'shard-1', epoch: 1, owner: 'pod', isFresh: () => true } as unknown as ShardLease;
  return { sut: new ReplyLane(lease, parts), said, sendReply };
}

const claimed = (content: ReplyContent, consent: PurposeConsent | null = SAID_YES): ReplyClaim => ({
  replyId: '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70',
  recipientId: 'adv-1',
  sealedAddress: new Uint8Array(),
  content,
  purpose: '',
  attempt: 1,
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

    expect(world.sendReply.post).toHaveBeenCalledTimes(1);
  });

  it('does not post a message to somebody who said STOP after it was claimed', async () => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE), () => (world.said.since = SAID_NO));

    expect(world.sendReply.post).not.toHaveBeenCalled();
    expect(world.sendReply.suppress).toHaveBeenCalledTimes(1);
  });

  it('does not post a message to somebody of whose consent nothing is known any more', async () => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE, null));

    expect(world.sendReply.suppress).toHaveBeenCalledTimes(1);
  });

  it('tells somebody who said STOP that it was heard', async () => {
    const world = setup();

    await turnOf(world, claimed(CONFIRMATION, SAID_NO), () => (world.said.since = SAID_NO));

    expect(world.sendReply.post).toHaveBeenCalledTimes(1);
  });

  it.each<[string, PurposeConsent | null, 'post' | 'suppress']>([
    ['posts', SAID_YES, 'post'],
    ['does not post, without a yes to ai,', null, 'suppress'],
    ['does not post, after a no to ai,', SAID_NO, 'suppress'],
    ['does not post, while ai is paused,', { state: 'paused', sinceMs: NOW_MS }, 'suppress'],
  ])('%s what a machine wrote', async (_, toAi, what) => {
    const world = setup();

    await turnOf(world, claimed(AI_WRITTEN), () => (world.said.toAi = toAi));

    expect(world.sendReply[what]).toHaveBeenCalledTimes(1);
    expect(world.sendReply[what === 'post' ? 'suppress' : 'post']).not.toHaveBeenCalled();
  });

  it.each<[string, (said: ReturnType<typeof setup>['said']) => void]>([
    ['the number, or everything, is paused', (said) => (said.paused = true)],
    ['a breaker of its template is open', (said) => (said.closedTemplate = 'daily_pack_v1/en')],
  ])('hands a message back while %s', async (_, meanwhile) => {
    const world = setup();

    await turnOf(world, claimed(MESSAGE), () => meanwhile(world.said));

    expect(world.sendReply.post).not.toHaveBeenCalled();
    expect(world.sendReply.handBack).toHaveBeenCalledTimes(1);
  });

  it('counts what people write as inbound traffic, not what operators send', async () => {
    const world = setup();
    await turnOf(world, claimed(MESSAGE));
    expect(world.sut.inboundPerSecond(NOW_MS)).toBe(0);

    const other = setup();
    await turnOf(other, claimed(CONFIRMATION));
    expect(other.sut.inboundPerSecond(NOW_MS)).toBeGreaterThan(0);
  });
});
