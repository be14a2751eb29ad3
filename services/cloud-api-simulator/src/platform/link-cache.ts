import type { Clock } from '@daybreak/kernel';
import { request } from 'undici';

const CACHED_FOR_MS = 10 * 60_000; // Meta caches by exact URL; another query string is another file
const FETCH_TIMEOUT_MS = 10_000; // real time
const MAX_BYTES = 5 * 1_024 * 1_024;

/** Fetches what messages bring as a link, once in ten minutes for each exact URL. */
export class LinkCache {
  private readonly fetched = new Map<string, { readonly problem: Promise<string | undefined>; readonly untilMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** Undefined when it could be fetched and is an image or document; else why not, as 131053 tells it. Never rejects. */
  fetch(url: string): Promise<string | undefined> {
    const known = this.fetched.get(url);
    if (known !== undefined && known.untilMs > this.clock.nowMs()) return known.problem;
    const problem = this.problemWith(url);
    this.fetched.set(url, { problem, untilMs: this.clock.nowMs() + CACHED_FOR_MS });
    return problem;
  }

  private async problemWith(url: string): Promise<string | undefined> {
    try {
      const response = await request(url, { headersTimeout: FETCH_TIMEOUT_MS, bodyTimeout: FETCH_TIMEOUT_MS });
      const { byteLength } = await response.body.arrayBuffer();
      if (response.statusCode !== 200) return `Downloading media from weblink failed with HTTP status code ${response.statusCode}`;
      const type = String(response.headers['content-type'] ?? '');
      if (!/^(image\/(jpeg|png)|video\/|application\/)/.test(type)) return `Unsupported media type ${type.slice(0, 64)}`;
      return byteLength > MAX_BYTES ? 'Media file size too big' : undefined;
    } catch {
      return 'Downloading media from weblink failed';
    }
  }
}
