export function eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<{ type: string; data: string }>;
