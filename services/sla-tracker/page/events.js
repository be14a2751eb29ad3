/**
 * Server-sent events of an answer, one after another. EventSource cannot send a token.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{ type: string, data: string }>}
 */
export async function* eventsIn(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (text + value).split('\n\n');
    text = messages.pop();
    for (const message of messages) yield eventIn(message);
  }
}

function eventIn(message) {
  const fields = message.split('\n').map((line) => /^([^:]*): ?(.*)$/.exec(line) ?? []);
  const valuesOf = (name) => fields.filter(([, field]) => field === name).map(([, , value]) => value);
  return { type: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') };
}
