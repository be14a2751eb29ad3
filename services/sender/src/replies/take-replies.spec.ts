import { describe, expect, it } from '@jest/globals';
import type { PackRepository } from '../store/pack.repository.js';
import type { ReplyRepository, RequestedReply } from '../store/reply.repository.js';
import { TakeReplies, type OwedReply } from './take-replies.js';

const owed = (over: Partial<OwedReply>): OwedReply => ({
  replyId: '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70',
  phoneNumberId: '106',
  recipientId: 'adv-1',
  sealedAddress: new Uint8Array([1]),
  purpose: 'answer',
  closesAtMs: 2,
  requestedAtMs: 1,
  language: 'hi',
  owed: { kind: 'text', text: 'नमस्ते', aiWritten: false },
  ...over,
});

function setup() {
  const added: RequestedReply[] = [];
  const replies = { add: async (all: readonly RequestedReply[]) => void added.push(...all) } as unknown as ReplyRepository;
  const packs = { parts: async () => new Map() } as unknown as PackRepository;
  return { sut: new TakeReplies(replies, packs), added };
}

describe(TakeReplies.name, () => {
  it('puts the disclosure in the language of the recipient before what a machine wrote, and remembers that one did', async () => {
    const { sut, added } = setup();

    await sut.all([owed({ owed: { kind: 'text', text: 'नमस्ते', aiWritten: true } })]);

    expect(added[0]?.content).toEqual({ kind: 'text', text: expect.stringMatching(/^यह स्वचालित उत्तर .*\n\nनमस्ते$/s), aiWritten: true });
  });

  it('leaves alone what a person, or a fixed wording, says', async () => {
    const { sut, added } = setup();

    await sut.all([owed({})]);

    expect(added[0]?.content).toEqual({ kind: 'text', text: 'नमस्ते' });
  });
});
