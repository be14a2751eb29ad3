import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphError, invalidParameter } from '../platform/graph-error.js';
import { isObject } from '../platform/json.js';
import { MEDIA_MAX_BYTES } from '../platform/media.js';
import type { Simulation } from '../platform/simulation.js';
import type { FaultSettings } from '../settings/incident-settings.js';
import { exchangeToken } from './app-node.js';
import type { GraphAnswer, GraphCall, Witness } from './graph-call.js';
import { dispatch } from './graph-dispatch.js';
import { downloadMedia } from './media-edge.js';
import { spoil } from './spoilt-answer.js';

interface Path {
  readonly version: string;
  readonly node: string;
  readonly edge?: string;
}

const METHODS = ['GET', 'POST', 'DELETE'] as const;

/**
 * The Graph API as one Fastify plugin with parsers of its own: bodies come as bytes, so that a broken one gets Meta's answer and
 * not the framework's.
 */
export function graphRoutes(simulation: Simulation, publicUrl: string | undefined) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, { limits: { fileSize: MEDIA_MAX_BYTES, files: 1 } });
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MEDIA_MAX_BYTES }, (_request, body, done) => done(null, body));
    const handle = (request: FastifyRequest<{ Params: Path }>, reply: FastifyReply): Promise<FastifyReply> =>
      answer(simulation, publicUrl, request, reply);
    scope.route<{ Params: Path }>({ method: [...METHODS], url: '/:version/:node/:edge', handler: handle });
    scope.route<{ Params: Path }>({ method: [...METHODS], url: '/:version/:node', handler: handle });
    scope.get<{ Params: { id: string }; Querystring: { ext?: string; hash?: string } }>('/_media/:id', (request, reply) =>
      downloadMedia(simulation, request, reply),
    );
  };
}

/** One call from arrival to answer: fault, token, handler, ledger line, answer, in this order. */
async function answer(
  simulation: Simulation,
  publicUrl: string | undefined,
  request: FastifyRequest<{ Params: Path }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { version, node, edge = '' } = request.params;
  const witness: Witness = { kind: 'request', method: request.method, endpoint: edge === '' ? 'node' : edge, node };
  const fault = simulation.faults.strike(edge, node, simulation.clock.nowMs());
  const outcome =
    fault !== undefined && !processes(fault)
      ? spoiltOnly(fault)
      : await outcomeOf(() => handle(simulation, publicUrl, request, version, node, edge, witness));
  if (outcome instanceof GraphError) witness.code = outcome.code;
  const status = outcome instanceof GraphError ? outcome.httpStatus : 200;
  const arrives = fault === undefined || fault.kind === 'slow' || fault.kind === 'error';
  simulation.ledger.write({
    ...witness,
    kind: 'request',
    answer: arrives ? status : fault.kind === 'html-500' ? 500 : null,
    ...(fault === undefined ? {} : { fault: fault.kind }),
  });
  if (fault !== undefined && fault.kind !== 'error') await spoil(fault, simulation.clock, reply);
  if (reply.sent || reply.raw.destroyed) return reply;
  if (outcome instanceof GraphError) return reply.code(status).send(outcome.body());
  return reply.headers(outcome.headers ?? {}).send(outcome.body);
}

/** Whether the request is carried out although its answer is spoilt. */
const processes = (fault: FaultSettings): boolean => fault.kind === 'slow' || (fault.kind !== 'error' && fault.accepts);

const spoiltOnly = (fault: FaultSettings): GraphError => (fault.kind === 'error' ? new GraphError(fault.code) : new GraphError(1));

async function outcomeOf(run: () => GraphAnswer | Promise<GraphAnswer>): Promise<GraphAnswer | GraphError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
}

function handle(
  simulation: Simulation,
  publicUrl: string | undefined,
  request: FastifyRequest,
  version: string,
  nodeId: string,
  edge: string,
  witness: Witness,
): GraphAnswer | Promise<GraphAnswer> {
  checkVersion(version, simulation.settings.versions);
  const { json, form } = bodyOf(request);
  const query = request.query as Record<string, string>;
  const parameters = { ...query, ...form, ...(isObject(json) ? json : {}) };
  if (nodeId === 'oauth' && edge === 'access_token') return exchangeToken(simulation, parameters);
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = simulation.access.tokenOf(bearer ?? asText(parameters['access_token']), query['appsecret_proof']);
  const call: GraphCall = {
    method: request.method as GraphCall['method'],
    nodeId,
    token,
    parameters,
    json,
    request,
    baseUrl: publicUrl ?? `${request.protocol}://${request.host}`,
    version,
    witness,
  };
  return dispatch(simulation, call, edge);
}

function bodyOf(request: FastifyRequest): { json: unknown; form: Record<string, string> } {
  const { body } = request;
  const type = request.headers['content-type'] ?? '';
  if (!Buffer.isBuffer(body) || body.length === 0) return { json: undefined, form: {} };
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { json: undefined, form: Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
  if (!type.includes('json')) return { json: undefined, form: {} };
  try {
    return { json: JSON.parse(body.toString('utf8')) as unknown, form: {} };
  } catch {
    throw invalidParameter('Invalid JSON in request body');
  }
}

function checkVersion(version: string, { oldest, newest }: { readonly oldest: string; readonly newest: string }): void {
  const number = /^v(\d+)\.\d+$/.exec(version)?.[1];
  const major = (v: string): number => Number(v.slice(1).split('.')[0]);
  if (number === undefined || Number(number) < major(oldest) || Number(number) > major(newest)) {
    throw new GraphError(100, { message: `Invalid version format. Use format like '${newest}'` });
  }
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
