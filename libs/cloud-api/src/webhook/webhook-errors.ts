import { errorMeaning } from '../errors/error-meaning.js';
import { numberIn, objectIn, objectsIn, textIn } from '../read-json.js';
import type { WebhookError } from './webhook-event.js';

/** `errors[]` of a status, a message or a whole change. */
export const errorsIn = (value: unknown): readonly WebhookError[] =>
  objectsIn(value).map((error) => {
    const code = numberIn(error['code']);
    return {
      code,
      title: textIn(error['title']) ?? textIn(error['message']),
      details: textIn(objectIn(error['error_data'])?.['details']) ?? textIn(error['details']),
      meaning: errorMeaning(code, null, 'async'),
    };
  });
