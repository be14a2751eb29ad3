import { invalidParameter } from '../platform/graph-error.js';
import type { Simulation } from '../platform/simulation.js';
import { textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';

/** `POST /{app_id}/uploads?file_length=&file_type=&file_name=` */
export function startUpload(simulation: Simulation, call: GraphCall): GraphAnswer {
  const id = simulation.uploads.start(Number(textParameter(call, 'file_length')), textParameter(call, 'file_type') ?? '');
  return { body: { id } };
}

/** `POST /upload:<session>` with `file_offset` in a header and bytes in the body. */
export function continueUpload(simulation: Simulation, call: GraphCall): GraphAnswer {
  const { body, headers } = call.request;
  const offset = Number(headers['file_offset'] ?? 0);
  if (!Number.isInteger(offset)) throw invalidParameter('Header file_offset must be a number.');
  if (!Buffer.isBuffer(body)) throw invalidParameter('The body must be the bytes of the file.');
  const handle = simulation.uploads.append(call.nodeId, offset, body);
  return { body: handle === undefined ? { id: call.nodeId, file_offset: simulation.uploads.offsetOf(call.nodeId) } : { h: handle } };
}

export function describeUpload(simulation: Simulation, call: GraphCall): GraphAnswer {
  return { body: { id: call.nodeId, file_offset: simulation.uploads.offsetOf(call.nodeId) } };
}
