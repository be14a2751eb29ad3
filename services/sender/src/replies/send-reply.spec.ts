import { describe, expect, it, jest } from '@jest/globals';
import { CloudApiError, type CloudApiClient, type SendOutcome } from '@daybreak/cloud-api';
import { drop, manualClock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { AddressSealer } from '@daybreak/privacy';
import type { MediaIds } from '../media/media-ids.js';
import type { KnownShard } from '../shard/known-shard.js';
import type { ReplyClaim, ReplyContent } from '../store/reply.repository.js';
import { SendReply } from './send-reply.js';

const NOW_MS = 1_795_300_000_000;
const HOUR_MS = 3_600_000;
const TEXT: ReplyContent = { kind: 'text', text: 'You will get no more packs.' };
const IMAGE: ReplyContent = { kind: 'image', sha256: 'aa', url: 'https://cdn.example/aa.jpg' };
const shard = { shardId: 'shard-1', phoneNumberId: '106', wabaId: 'waba-1' } as KnownShard;
const usage = { app: null, businessUseCases: [] };

const accepted: SendOutcome = { kind: 'accepted', wamid: 'wamid.A', held: false, messageStatus: null, waId: null, userId: null, usage };
const refused = (code: number): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400),
  httpStatus: 400,
  usage,
});

const claim = (over: Partial<ReplyClaim> = {}): ReplyClaim => ({
  replyId: '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70',
  recipientId: 'adv-1',
  sealedAddress: new Uint8Array(),
  content: TEXT,
  purpose: '',
  attempt: 1,
  spared: 0,
  epoch: 1,
  closesAtMs: NOW_MS + HOUR_MS,
  consent: null,
  claimedAtMonoMs: performance.now(),
  ...over,
});

function setup(outcome: SendOutcome = accepted) {
  const sendMessage = jest.fn<CloudApiClient['sendMessage']>().mockResolvedValue(outcome);
  const open = jest.fn<AddressSealer['open']>().mockReturnValue('+919812345678');
  const forget = jest.fn();
  const warn = jest.fn();
  const sut = new SendReply(
    { sendMessage } as unknown as CloudApiClient,
    { open } as unknown as AddressSealer,
    { get: () => 'media-1', forget } as unknown as MediaIds,
    manualClock(NOW_MS),
    { warn } as unknown as Logger,
  );
  const post = (reply = claim()) => sut.post(reply, shard, () => true);
  return { post, sut, sendMessage, open, forget, warn };
}

describe(SendReply.name, () => {
  it('hands on the question that is asked before the first byte', async () => {
    const { sut, sendMessage } = setup();
    const mayStart = (): boolean => false;

    await sut.post(claim(), shard, mayStart);

    expect(sendMessage.mock.calls[0]?.[2]).toBe(mayStart);
  });

  it.each<[string, SendOutcome, Partial<ReplyClaim>, object]>([
    ['accepted', accepted, {}, { kind: 'accepted' }],
    ['withdrawn before it left', { kind: 'not-sent', reason: 'withdrawn' }, {}, { kind: 'not-posted' }],
    ['nobody knows', { kind: 'ambiguous', reason: 'timeout' }, {}, { kind: 'ambiguous' }],
    ['out of throughput, for the ninth time', refused(130429), { attempt: 9, spared: 8 }, { kind: 'again', spared: true }],
    ['too many to one person, for the fourth time', refused(131056), { attempt: 4, spared: 3 }, { kind: 'again', spared: true }],
    ['a token that was revoked', refused(190), { attempt: 3 }, { kind: 'again', spared: true }],
    ['a person that cannot be reached', refused(131026), {}, { kind: 'failed', reason: 'unreachable', errorCode: 131026 }],
    ['its service window is over', refused(131047), {}, { kind: 'failed', errorCode: 131047 }],
    ['nothing fits any more', refused(131056), { closesAtMs: NOW_MS + 1_000 }, { kind: 'expired' }],
  ])('settles an answer by the error table: %s', async (_, outcome, over, settlement) => {
    expect(await setup(outcome).post(claim(over))).toMatchObject({ settlement });
  });

  it('waits as long for one person as Meta asks for, longer each time', async () => {
    const { post } = setup(refused(131056));

    const dueAfterMs = async (attempt: number): Promise<number> => {
      const { settlement } = await post(claim({ attempt, spared: attempt - 1 }));
      return 'dueAtMs' in settlement ? settlement.dueAtMs - NOW_MS : 0;
    };

    expect([await dueAfterMs(1), await dueAfterMs(4)]).toEqual([6_000, 64_000]);
  });

  it('tells the breakers what became of it', async () => {
    const outcome = refused(131048);

    expect((await setup(outcome).post()).learnt).toEqual({
      target: { shardId: 'shard-1', phoneNumberId: '106', wabaId: 'waba-1', asset: undefined },
      outcome,
    });
  });

  it('goes by the link when Meta does not take the media id of this number', async () => {
    const { post, forget } = setup(refused(131053));

    const { settlement, learnt } = await post(claim({ content: IMAGE }));

    expect(settlement).toMatchObject({ kind: 'again', spared: false });
    expect(learnt?.target.asset).toBe('aa');
    expect(forget).toHaveBeenCalledWith('106', 'aa');
  });

  it.each<[string, (world: ReturnType<typeof setup>) => Partial<ReplyClaim>, RegExp]>([
    [
      'an address that does not open',
      ({ open }) => {
        open.mockImplementation(() => {
          throw drop('sealed for somebody else');
        });
        return {};
      },
      /sealed/,
    ],
    ['a content that an older release wrote otherwise', () => ({ content: { kind: 'text' } as ReplyContent }), /./],
  ])('fails for ever, posts nothing and says why: %s', async (_, make, reason) => {
    const world = setup();

    const sent = await world.post(claim(make(world)));

    expect(sent).toEqual({ settlement: { kind: 'failed', reason: 'request', errorCode: 0 } });
    expect(world.sendMessage).not.toHaveBeenCalled();
    expect(world.warn).toHaveBeenCalledWith(expect.objectContaining({ reason: expect.stringMatching(reason) }), expect.any(String));
  });
});
