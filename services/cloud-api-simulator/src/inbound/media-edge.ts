import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PhoneNumber } from '../platform/accounts.js';
import { GraphError, invalidParameter, noSuchObject, requiredParameter, unsupported } from '../platform/graph-error.js';
import type { Media } from '../platform/media.js';
import type { Simulation } from '../platform/simulation.js';
import { SUCCESS, textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';

const URL_KEY = randomBytes(32); // signs download links of this process

interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly mimeType: string; readonly bytes: Buffer } | undefined;
}

/** `POST /{phone_number_id}/media`: multipart with `messaging_product`, `type` and `file`. */
export async function postMedia(simulation: Simulation, number: PhoneNumber, call: GraphCall): Promise<GraphAnswer> {
  call.witness.phone_number_id = number.id;
  call.witness.accepted = false;
  simulation.access.demand(call.token, 'whatsapp_business_messaging');
  simulation.access.demandWaba(call.token, number.waba);
  if (!call.request.isMultipart()) throw requiredParameter('file');
  const { fields, file } = await readForm(call.request);
  if ((fields['messaging_product'] ?? textParameter(call, 'messaging_product')) !== 'whatsapp')
    throw requiredParameter('messaging_product');
  if (file === undefined) throw requiredParameter('file');
  const mimeType = file.mimeType === 'application/octet-stream' ? (fields['type'] ?? file.mimeType) : file.mimeType;
  const media = simulation.media.upload(number.id, mimeType, file.bytes);
  Object.assign(call.witness, { accepted: true, media_id: media.id, sha256: media.sha256, size: media.size });
  return { body: { id: media.id } };
}

async function readForm(request: FastifyRequest): Promise<Form> {
  const fields: Record<string, string> = {};
  let file: Form['file'];
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') file = { mimeType: part.mimetype, bytes: await part.toBuffer() };
      else fields[part.fieldname] = String(part.value);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE')
      throw new GraphError(131_053, { details: 'Media file size too big' });
    throw invalidParameter('The multipart body cannot be read.');
  }
  return { fields, file };
}

/** `GET /{media_id}`: where the bytes are, for five minutes. */
export function getMedia(simulation: Simulation, media: Media, call: GraphCall): GraphAnswer {
  checkOwner(simulation, media, call);
  const expiresAtMs = Math.floor(simulation.clock.nowMs() + simulation.live.media.urlLivesForMs);
  const url = `${call.baseUrl}/_media/${media.id}?ext=${expiresAtMs}&hash=${signature(media.id, expiresAtMs)}`;
  return {
    body: { messaging_product: 'whatsapp', url, mime_type: media.mimeType, sha256: media.sha256, file_size: media.size, id: media.id },
  };
}

export function deleteMedia(simulation: Simulation, media: Media, call: GraphCall): GraphAnswer {
  checkOwner(simulation, media, call);
  simulation.media.delete(media.id);
  return SUCCESS;
}

/** The bytes behind a media URL: needs the token too, and is gone after five minutes. */
export async function downloadMedia(
  simulation: Simulation,
  request: FastifyRequest<{ Params: { id: string }; Querystring: { ext?: string; hash?: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ext = '', hash = '' } = request.query;
  const media = simulation.media.find(request.params.id);
  const bearer = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  const token = simulation.directory.tokens.get(bearer);
  if (token === undefined || !simulation.access.isValid(token)) return reply.code(401).send();
  const isLive = hash === signature(request.params.id, Number(ext)) && Number(ext) > simulation.clock.nowMs();
  if (!isLive || media?.bytes === undefined) return reply.code(404).send();
  return reply.type(media.mimeType).send(media.bytes);
}

function checkOwner(simulation: Simulation, media: Media, call: GraphCall): void {
  call.witness.phone_number_id = media.phoneNumberId;
  const number = simulation.directory.numbers.get(media.phoneNumberId);
  if (number === undefined) throw noSuchObject(call.method, media.id);
  simulation.access.demandWaba(call.token, number.waba);
  const guard = textParameter(call, 'phone_number_id');
  if (guard !== undefined && guard !== media.phoneNumberId) throw unsupported(call.method, media.id);
}

const signature = (mediaId: string, expiresAtMs: number): string =>
  createHmac('sha256', URL_KEY).update(`${mediaId}/${expiresAtMs}`).digest('base64url');
