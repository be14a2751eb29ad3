import type { Span } from '@opentelemetry/api';

/** URL attributes, of the stable and of the old conventions, that carry a query. */
const URL_ATTRIBUTES = ['url.full', 'http.url', 'http.target'];

interface ReadableAttributes {
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Takes the query out of what a client or server span says of its URL. */
export function withoutQuery(span: Span): void {
  const attributes = (span as Span & ReadableAttributes).attributes ?? {};
  for (const name of URL_ATTRIBUTES) {
    const url = attributes[name];
    if (typeof url === 'string' && url.includes('?')) span.setAttribute(name, url.slice(0, url.indexOf('?')));
  }
  if ('url.query' in attributes) span.setAttribute('url.query', '');
}
