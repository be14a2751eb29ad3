// One message on the wire, as the loops that we compare with send it: the same body as the sender's, by undici, at most so many at once.
import { templateMessage } from '@daybreak/cloud-api';
import { Pool } from 'undici';

const HEADERS = { authorization: 'Bearer token', accept: 'application/json', 'content-type': 'application/json' };

export function openWire({ url, inFlight }) {
  const pool = new Pool(url, { connections: inFlight, pipelining: 1 });
  const waiting = [];
  let free = inFlight;
  const slot = () => (free > 0 ? void (free -= 1) : new Promise((resolve) => waiting.push(resolve)));
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  return {
    /** Resolves with the wamid. */
    async post(i) {
      await slot();
      const message = templateMessage({
        to: `+917000${String(1_000_000 + i)}`.slice(0, 13),
        template: 'daily_pack_v1',
        language: 'en',
        headerImageId: '1689556908129832',
        bodyParameters: { name: 'Asha', headline: 'Markets at a glance' },
        biz_opaque_callback_data: `d.bench-20261201-raw.0b9c2a54-0000-5000-8000-${String(i).padStart(12, '0')}.1.1`,
      });
      const { body } = await pool.request({
        method: 'POST',
        path: '/v24.0/106540352242922/messages',
        headers: HEADERS,
        body: JSON.stringify(message),
      });
      const answer = await body.json();
      const wamid = answer.messages[0].id;
      if (wamid === undefined) throw new Error('no wamid');
      release();
      return wamid;
    },
    /** Compiled and connected. */
    async warmUp() {
      await Promise.all(Array.from({ length: Math.min(inFlight, 64) }, (_, i) => this.post(-i - 1)));
    },
    close: () => pool.close(),
  };
}
