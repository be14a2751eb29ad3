import type { PhoneNumber } from '../platform/accounts.js';
import type { Endpoint } from '../platform/accept-message.js';
import { businessScopedUserId } from '../platform/business-scoped-user-id.js';
import { GraphError, invalidParameter } from '../platform/graph-error.js';
import { isObject } from '../platform/json.js';
import { invalidBecause } from '../platform/message-error.js';
import { parseMessageBody, type OutgoingMessage } from '../platform/message-body.js';
import type { Message } from '../platform/message.js';
import { addressOf } from '../platform/recipients.js';
import type { Simulation } from '../platform/simulation.js';
import { SUCCESS, type GraphAnswer, type GraphCall, type Witness } from './graph-call.js';

/** `POST /{phone_number_id}/messages` and `/marketing_messages`: the lean path, everything else is rare beside it. */
export function postMessage(simulation: Simulation, number: PhoneNumber, call: GraphCall, endpoint: Endpoint): GraphAnswer {
  const { witness, json } = call;
  simulation.access.demand(call.token, 'whatsapp_business_messaging');
  simulation.access.demandWaba(call.token, number.waba);
  if (json === undefined) throw invalidParameter('Invalid JSON in request body');
  checkMarketingOnly(json, endpoint);
  const parsed = parseMessageBody(json);
  if ('messageId' in parsed) {
    if (!simulation.inbound.hasReceived(parsed.messageId, number))
      throw invalidBecause('message_id is not a message this number received.');
    return SUCCESS;
  }
  const message = simulation.acceptMessage.accept(number, parsed, endpoint);
  witness.accepted = true;
  witness.to = message.to;
  witness.wamid = message.wamid;
  witness.status = message.status;
  const answer = answerOf(simulation, message, parsed);
  return { body: endpoint === 'messages' ? answer : { ...answer, success: true } };
}

/** The witness takes down what was asked for before anything is judged, or goes wrong. */
export function observeMessage(witness: Witness, json: unknown, number: PhoneNumber): void {
  witness.phone_number_id = number.id;
  witness.accepted = false;
  if (!isObject(json)) return;
  const { to, biz_opaque_callback_data: reference, template, type } = json;
  if (typeof to === 'string') witness.to = readable(to, number);
  if (typeof reference === 'string') witness.reference = reference.slice(0, 512);
  if (typeof type === 'string') witness['type'] = type.slice(0, 32);
  if (!isObject(template)) return;
  if (typeof template['name'] === 'string') witness.template = template['name'].slice(0, 512);
  if (isObject(template['language']) && typeof template['language']['code'] === 'string')
    witness.language = template['language']['code'].slice(0, 16);
}

/** The address as the platform reads it, or as it was written where it is none. */
function readable(to: string, number: PhoneNumber): string {
  try {
    return addressOf(to, number.phoneNumber);
  } catch {
    return to.slice(0, 32);
  }
}

function checkMarketingOnly(json: unknown, endpoint: Endpoint): void {
  if (!isObject(json)) return;
  if (endpoint === 'marketing_messages') {
    if ((json['type'] ?? 'text') !== 'template')
      throw new GraphError(131_055, { details: 'Only template messages can be sent with this endpoint' });
    const { product_policy: policy } = json;
    if (policy !== undefined && policy !== 'CLOUD_API_FALLBACK' && policy !== 'STRICT')
      throw invalidParameter('Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}.');
    return;
  }
  const only = ['product_policy', 'message_activity_sharing', 'optimization_spec', 'bid_spec'].find((name) => json[name] !== undefined);
  if (only !== undefined) throw new GraphError(131_061, { details: `${only} can be used with the Marketing Messages API only` });
}

function answerOf(simulation: Simulation, message: Message, { to: input, addressedBy }: OutgoingMessage): Record<string, unknown> {
  // Who is addressed by user id may keep the phone number to themselves.
  const contact = addressedBy === 'phone' ? { input, wa_id: message.to.slice(1) } : { input };
  const status = message.template === undefined ? {} : { message_status: message.status };
  return {
    messaging_product: 'whatsapp',
    contacts: [
      simulation.live.webhooks.businessScopedUserIds
        ? { ...contact, user_id: businessScopedUserId(message.number.waba.portfolio.id, message.to) }
        : contact,
    ],
    messages: [{ id: message.wamid, ...status }],
  };
}
