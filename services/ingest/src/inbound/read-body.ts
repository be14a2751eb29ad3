import type { IncomingMessage } from 'node:http';

/** Why there is no body, and what the sender is told. */
export class NoBody extends Error {
  constructor(
    message: string,
    readonly status: 400 | 413,
  ) {
    super(message);
    this.name = 'NoBody';
  }
}

/**
 * The whole body of a request, as its bytes. Rejects with `NoBody`: 413 as soon as it is too long, also where its length was not announced; 400
 * when it ends too early, be it that its time is over, which ends the connection too.
 */
export function readBody(request: IncomingMessage, limits: { readonly bytes: number; readonly ms: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > limits.bytes) return reject(new NoBody('the body is too long', 413));
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => request.destroy(), limits.ms);
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limits.bytes) return;
      clearTimeout(timer);
      request.off('data', onData);
      reject(new NoBody('the body is too long', 413));
    };
    request.on('data', onData);
    request.on('end', () => {
      clearTimeout(timer);
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    });
    request.on('close', () => {
      if (request.complete) return;
      clearTimeout(timer);
      reject(new NoBody('the connection ended before the body', 400));
    });
  });
}
