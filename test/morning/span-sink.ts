import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Where services send their spans (OTLP over HTTP), to be looked into: a request is protobuf, in which texts stand as they are. */
export interface SpanSink {
  /** For a service's environment: all of its spans come here, under this name. */
  envOf(service: string): Readonly<Record<string, string>>;
  /** Requests so far, a character a byte. */
  readonly received: readonly string[];
  /** Whether spans of a service came. */
  hears(service: string): boolean;
  close(): void;
}

export async function openSpanSink(): Promise<SpanSink> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      received.push(bytes.toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    envOf: (service) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER_ARG: '1', OTEL_SERVICE_NAME: service }),
    received,
    hears: (service) => received.some((request) => new RegExp(`service\\.name[^a-z]{1,8}${service}`).test(request)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
