import { describe, expect, it } from '@jest/globals';
import type { Span } from '@opentelemetry/api';
import { withoutQuery } from './span-url.js';

const spanWith = (attributes: Record<string, unknown>) => ({
  attributes,
  setAttribute(name: string, value: unknown) {
    attributes[name] = value;
  },
});

describe(withoutQuery.name, () => {
  it('leaves no query in what a span says of its URL, by the old and by the new names', () => {
    const span = spanWith({
      'url.full': 'https://graph.facebook.com/v24.0/debug_token?input_token=abc',
      'url.query': '?input_token=abc',
      'http.target': '/webhooks/whatsapp?hub.verify_token=abc',
      'http.url': 'https://graph.facebook.com/v24.0/1',
    });

    withoutQuery(span as unknown as Span);

    expect(span.attributes).toEqual({
      'url.full': 'https://graph.facebook.com/v24.0/debug_token',
      'url.query': '',
      'http.target': '/webhooks/whatsapp',
      'http.url': 'https://graph.facebook.com/v24.0/1',
    });
  });
});
