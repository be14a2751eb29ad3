import type { PhoneNumber } from '../platform/accounts.js';
import { GraphError, invalidParameter } from '../platform/graph-error.js';
import type { Message } from '../platform/message.js';
import type { Simulation } from '../platform/simulation.js';
import { textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
import { manageNumber } from './number-node.js';
import { page } from './paging.js';

/** `GET /{phone_number_id}/message_history`: what became of messages, newest first, or of one by `message_id`. */
export function messageHistory(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  manageNumber(simulation, number, call);
  const wamid = textParameter(call, 'message_id');
  if (wamid !== undefined && !wamid.startsWith('wamid.')) throw invalidParameter('Invalid parameter: message_id format is invalid');
  const one = wamid === undefined ? undefined : simulation.messages.find(wamid);
  if (wamid !== undefined && one?.number !== number) {
    throw new GraphError(100, {
      message: 'The requested message_id was not found in the message history',
      type: 'GraphMethodException',
      httpStatus: 422,
    });
  }
  const messages = (one === undefined ? simulation.messages.of(number.id) : [one]).map((message) => ({ id: message.historyId, message }));
  return {
    body: page(
      call,
      messages,
      ({ id, message }) => ({ id, message_id: message.wamid, events: { data: historyEvents(simulation, message) } }),
      100,
    ),
  };
}

function historyEvents(simulation: Simulation, message: Message): unknown[] {
  const application = [...message.number.waba.subscribedApps.keys()].map((id) => ({ id }))[0];
  const uri = application === undefined ? undefined : simulation.directory.apps.get(application.id)?.callbackUrl;
  return message.events.map((event) => ({
    id: event.id,
    delivery_status: event.status === 'failed' ? 'ERROR' : event.status.toUpperCase(),
    webhook_update_state: event.webhook,
    timestamp: Math.floor(event.atMs / 1_000),
    ...(application === undefined ? {} : { application }),
    ...(uri === undefined ? {} : { webhook_uri: uri }),
  }));
}
