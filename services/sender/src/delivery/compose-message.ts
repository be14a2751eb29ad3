import { templateMessage, type MediaSource, type MessageRequest } from '@daybreak/cloud-api';
import { encodeReference } from '@daybreak/delivery';
import type { Claim, Content, TemplateFilling } from './claim.js';

/** The request of one delivery. Everything in it was decided by the plan; this only fills in. */
export function composeMessage(
  claim: Claim,
  content: Content,
  template: TemplateFilling,
  to: string,
  media: MediaSource | undefined,
): MessageRequest {
  const values = template.bodyParameterNames.map((name): [string, string] => [name, claim.bodyParameters[name] ?? '']);
  return templateMessage({
    to,
    template: template.name,
    language: template.language,
    biz_opaque_callback_data: encodeReference({
      kind: 'd',
      runId: claim.runId,
      deliveryId: claim.deliveryId,
      attempt: claim.attempt,
      epoch: claim.epoch,
    }),
    ...(template.hasImageHeader && content.headerMedia && media ? { header: { type: 'image', media } } : {}),
    bodyParameters: template.namedParameters ? Object.fromEntries(values) : values.map(([, value]) => value),
    buttons: template.quickReplyPayloads.map((payload, index) => ({ index, type: 'quick_reply', payload })),
  });
}
