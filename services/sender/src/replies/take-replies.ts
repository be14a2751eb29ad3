import { withAiDisclosure } from '@daybreak/consent';
import { drop, uuidV5, type AppError } from '@daybreak/kernel';
import { Injectable } from '@nestjs/common';
import type { PackPart } from '../media/content-pack.js';
import { PackRepository } from '../store/pack.repository.js';
import { ReplyRepository, type ReplyContent, type RequestedReply } from '../store/reply.repository.js';

/** Somebody is owed an answer: a text, or the rest of a pack. */
export interface OwedReply extends Omit<RequestedReply, 'content'> {
  readonly owed:
    | { readonly kind: 'text'; readonly text: string; readonly aiWritten: boolean }
    | { readonly kind: 'pack'; readonly contentPackId: string };
  readonly language: string;
}

/** Queues answers. A pack becomes one message per part that its recipient has not seen yet. */
@Injectable()
export class TakeReplies {
  constructor(
    private readonly replies: ReplyRepository,
    private readonly packs: PackRepository,
  ) {}

  /** Returns what cannot be answered, with the reason. */
  async all(owed: readonly OwedReply[]): Promise<Map<OwedReply, AppError>> {
    const packIds = owed.flatMap((reply) => (reply.owed.kind === 'pack' ? reply.owed.contentPackId : []));
    const parts = await this.packs.parts(packIds);
    const impossible = new Map<OwedReply, AppError>();
    const replies: RequestedReply[] = [];
    for (const reply of owed) {
      const contents = contentsOf(reply, parts);
      if (contents.length === 0)
        impossible.set(reply, drop('pack_parts.content_pack_id: names a pack that is not known, or has no further parts'));
      const { owed: _, language: __, ...rest } = reply;
      replies.push(
        ...contents.map((content, i) => ({
          ...rest,
          content,
          replyId: contents.length === 1 ? reply.replyId : uuidV5(`${reply.replyId}/${i}`),
        })),
      );
    }
    if (replies.length > 0) await this.replies.add(replies);
    return impossible;
  }
}

function contentsOf({ owed, language }: OwedReply, parts: ReadonlyMap<string, readonly PackPart[]>): ReplyContent[] {
  if (owed.kind === 'text')
    return [
      owed.aiWritten ? { kind: 'text', text: withAiDisclosure(owed.text, language), aiWritten: true } : { kind: 'text', text: owed.text },
    ];
  return (parts.get(owed.contentPackId) ?? []).flatMap((part): ReplyContent | [] => {
    if (part.kind === 'text') return { kind: 'text', text: part.text };
    return part.isHeader ? [] : { kind: 'image', sha256: part.sha256, url: part.url };
  });
}
