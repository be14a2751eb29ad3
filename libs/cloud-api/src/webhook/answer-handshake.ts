import { createHash, timingSafeEqual } from 'node:crypto';

/** `text/plain`, so that a challenge that is HTML stays text. */
export type HandshakeAnswer =
  | { readonly status: 200; readonly contentType: 'text/plain'; readonly body: string }
  | { readonly status: 403; readonly contentType: 'text/plain'; readonly body: '' };

const REFUSED: HandshakeAnswer = { status: 403, contentType: 'text/plain', body: '' };

/** Equal hashes of equal length: comparing them tells nothing about how much of the token was right. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Answers the GET with which Meta makes sure that the callback is ours. An empty verify token refuses everything. */
export function answerHandshake(query: Readonly<Record<string, unknown>>, verifyToken: string): HandshakeAnswer {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const challenge = query['hub.challenge'];
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return REFUSED;
  if (verifyToken === '' || !timingSafeEqual(digest(token), digest(verifyToken))) return REFUSED;
  return { status: 200, contentType: 'text/plain', body: challenge };
}
