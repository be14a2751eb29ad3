// Stands where Meta stands, as a process of its own: takes the image, answers every message after so many ms, and notes when each one came.
// Written on a bare socket: on two shared cores what it costs is taken from what it measures.
import { createServer } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /content-length: (\d+)/i;
const REFERENCE = /"biz_opaque_callback_data":"([^"]*)"/;

/** A JPEG to the last byte that anybody looks at. */
export const IMAGE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 7)]);

function serve() {
  let latencyMs = 0;
  /** Tells the bench when so many messages came. */
  let notifyAt = Infinity;
  /** Instants (epoch ms), references and ids, in the order in which the messages came. */
  let taken = empty();
  let unanswered = 0;

  const takeMessage = (socket, body) => {
    taken.atMs.push(performance.timeOrigin + performance.now());
    taken.references.push(REFERENCE.exec(body)?.[1] ?? '');
    const count = taken.atMs.length;
    const wamid = `wamid.HBgMOTE3MDAwMDAwMDAwFQIAERgS${String(count).padStart(12, '0')}AA==`;
    unanswered += 1;
    taken.mostUnanswered = Math.max(taken.mostUnanswered, unanswered);
    if (count === notifyAt) process.send({ reached: count });
    const answer = JSON.stringify({
      messaging_product: 'whatsapp',
      contacts: [{ input: '+917000000000', wa_id: '917000000000' }],
      messages: [{ id: wamid, message_status: 'accepted' }],
    });
    const reply = () => {
      unanswered -= 1;
      send(socket, 'application/json', answer);
    };
    if (latencyMs === 0) reply();
    else setTimeout(reply, latencyMs);
  };

  const server = createServer((socket) => {
    let pending = Buffer.alloc(0);
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (;;) {
        const headEnd = pending.indexOf(HEAD_END);
        if (headEnd < 0) return;
        const head = pending.latin1Slice(0, headEnd);
        const end = headEnd + HEAD_END.length + Number(LENGTH.exec(head)?.[1] ?? 0);
        if (pending.length < end) return;
        const body = pending.subarray(headEnd + HEAD_END.length, end);
        pending = pending.subarray(end);
        const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
        if (path.includes('/messages')) takeMessage(socket, body.latin1Slice());
        else if (path.includes('/media')) send(socket, 'application/json', '{"id":"1689556908129832"}');
        else send(socket, 'image/jpeg', IMAGE.toString('latin1'));
      }
    });
  });

  process.on('message', (request) => {
    if (request.forget) taken = empty();
    if (request.latencyMs !== undefined) latencyMs = request.latencyMs;
    if (request.notifyAt !== undefined) notifyAt = request.notifyAt;
    process.send(request.show ? { taken } : { done: true });
  });
  process.on('disconnect', () => process.exit(0));
  server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
}

const empty = () => ({ atMs: [], references: [], mostUnanswered: 0 });

const send = (socket, type, body) => {
  if (!socket.destroyed)
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`, 'latin1');
};

if (process.argv[1] === import.meta.filename) serve();
