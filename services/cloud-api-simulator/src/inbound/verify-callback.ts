import { callbackChallenge } from '../outbound/callback-challenge.js';
import { GraphError } from '../platform/graph-error.js';

/** Meta's handshake; a callback that does not answer it is refused. */
export async function verifyCallback(url: string, verifyToken: string): Promise<void> {
  const problem = await callbackChallenge(url, verifyToken);
  if (problem !== undefined) throw new GraphError(2_200, { message: `(#2200) Callback verification failed: ${problem}` });
}
