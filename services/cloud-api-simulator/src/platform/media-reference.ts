import { invalidParameter } from './graph-error.js';
import type { Json } from './json.js';
import { missing } from './message-error.js';

/** Media by the id of an upload, or by a link that Meta fetches itself. */
export type MediaReference = { readonly id: string } | { readonly link: string };

/** The one of `id` and `link` that a media object must have. */
export function mediaReference(media: Json, type: string): MediaReference {
  const { id, link } = media;
  if (typeof id === 'string' && id !== '') return { id };
  if (typeof id === 'number') return { id: String(id) };
  if (typeof link === 'string') {
    if (/^https?:\/\/[^\s]+$/.test(link)) return { link };
    throw invalidParameter(`Param ${type}['link'] is not a valid URI.`);
  }
  throw missing(`Parameter ${type} needs an id or a link.`);
}
