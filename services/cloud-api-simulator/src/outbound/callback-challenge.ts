import { randomInt } from 'node:crypto';
import { request } from 'undici';

const TIMEOUT_MS = 10_000; // real time

/** Asks a callback to prove itself: `hub.challenge` must come back bare. Undefined when it did, else what went wrong. */
export async function callbackChallenge(url: string, verifyToken: string): Promise<string | undefined> {
  const challenge = String(randomInt(100_000_000, 999_999_999));
  try {
    const target = new URL(url);
    target.searchParams.set('hub.mode', 'subscribe');
    target.searchParams.set('hub.challenge', challenge);
    target.searchParams.set('hub.verify_token', verifyToken);
    const response = await request(target, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    const body = await response.body.text();
    if (response.statusCode !== 200) return `HTTP Status Code = ${response.statusCode}; HTTP Message = ${body.slice(0, 64)}`;
    return body.trim() === challenge ? undefined : "The URL couldn't be validated. Response does not match challenge";
  } catch (error) {
    return error instanceof TypeError ? 'The URL is not valid' : 'The URL could not be reached';
  }
}
