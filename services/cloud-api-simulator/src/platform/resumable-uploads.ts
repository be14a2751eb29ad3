import { sha256Hex } from '@daybreak/kernel';
import { GraphError, invalidParameter } from './graph-error.js';

const TYPES = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4'];
const MAX_BYTES = 100 * 1_024 * 1_024;

interface Session {
  readonly id: string;
  readonly fileType: string;
  readonly length: number;
  received: Buffer;
}

/** Uploads of sample files for template headers, in pieces; the handle at the end is no media id. */
export class ResumableUploads {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly newId: () => string) {}

  start(fileLength: number, fileType: string): string {
    if (!TYPES.includes(fileType)) throw invalidParameter(`Param file_type must be one of {${TYPES.join(', ')}}.`);
    if (!Number.isInteger(fileLength) || fileLength < 1 || fileLength > MAX_BYTES)
      throw invalidParameter(`Param file_length must be between 1 and ${MAX_BYTES}.`);
    const id = `upload:${Buffer.from(this.newId()).toString('base64url')}`;
    this.sessions.set(id, { id, fileType, length: fileLength, received: Buffer.alloc(0) });
    return id;
  }

  /** Takes a piece at its offset; the handle when it was the last one. */
  append(id: string, offset: number, bytes: Buffer): string | undefined {
    const session = this.find(id);
    if (offset !== session.received.length) throw invalidParameter(`Param file_offset must be ${session.received.length}.`);
    if (offset + bytes.length > session.length) throw invalidParameter('The file is longer than file_length.');
    session.received = Buffer.concat([session.received, bytes]);
    if (session.received.length < session.length) return undefined;
    this.sessions.delete(id);
    return `4::${Buffer.from(session.fileType).toString('base64')}:${sha256Hex(session.received)}`;
  }

  /** How much has arrived: where to go on. */
  offsetOf(id: string): number {
    return this.find(id).received.length;
  }

  private find(id: string): Session {
    const session = this.sessions.get(id);
    if (session === undefined)
      throw new GraphError(100, {
        message: '(#100) The upload session does not exist or is finished',
        subcode: 33,
        type: 'GraphMethodException',
      });
    return session;
  }
}
