import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { faultError, GraphError, invalidParameter } from '../platform/graph-error.js';
import { isObject } from '../platform/json.js';
import { MEDIA_MAX_BYTES } from '../platform/media.js';
import type { Simulation } from '../platform/simulation.js';
import type { FaultSettings } from '../settings/incident-settings.js';
import { exchangeToken } from './app-node.js';
import type { GraphAnswer, GraphCall, Witness } from './graph-call.js';
import { dispatch } from './graph-dispatch.js';
import { downloadMedia } from './media-edge.js';
import { observeMessage } from './message-edge.js';
import { readBody, type RequestBody } from './request-body.js';
import { spoil } from './spoilt-answer.js';

interface Path {
  readonly version: string;
  readonly node: string;
  readonly edge?: string;
}

type GraphRequest = FastifyRequest<{ Params: Path; Querystring: Record<string, string> }>;
/** Undefined where a fault kept the request from being carried out. */
type Outcome = GraphAnswer | GraphError | undefined;

const MESSAGE_EDGES = ['messages', 'marketing_messages'];

/** Meta's API over HTTP: each call goes through fault, token, handler, ledger and answer, in this order. */
export class GraphApi {
  /** @param publicUrl how others reach the simulator; undefined: by the Host header of each request */
  constructor(
    private readonly simulation: Simulation,
    private readonly publicUrl: string | undefined,
  ) {}

  /** A Fastify plugin with parsers of its own: bodies come as bytes, so that a broken one gets Meta's answer and not the framework's. */
  readonly routes = async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, { limits: { fileSize: MEDIA_MAX_BYTES, files: 1 } });
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MEDIA_MAX_BYTES }, (_request, body, done) => done(null, body));
    const handler = (request: GraphRequest, reply: FastifyReply): Promise<FastifyReply> => this.answer(request, reply);
    for (const url of ['/:version/:node', '/:version/:node/:edge']) scope.route({ method: ['GET', 'POST', 'DELETE'], url, handler });
    scope.get<{ Params: { id: string }; Querystring: { ext?: string; hash?: string } }>('/_media/:id', (request, reply) =>
      downloadMedia(this.simulation, request, reply),
    );
    scope.setErrorHandler((error, _request, reply) => {
      const isOurs = !(error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500);
      if (isOurs) this.simulation.logger.error({ err: error }, 'a request could not be handled');
      const refusal = isOurs ? new GraphError(1, { httpStatus: 500 }) : invalidParameter('The request is too large or cannot be read.');
      return reply.code(refusal.httpStatus).send(refusal.body());
    });
  };

  private async answer(request: GraphRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { clock, faults, directory, ledger } = this.simulation;
    const { node, edge = '' } = request.params;
    const witness: Witness = { kind: 'request', method: request.method, endpoint: edge === '' ? 'node' : edge, node };
    const body = readBody(request);
    const number = directory.numbers.get(node);
    if (number !== undefined && MESSAGE_EDGES.includes(edge)) observeMessage(witness, body.json, number);
    const fault = faults.strike(edge, node, clock.nowMs());
    const outcome = await this.outcome(request, body, witness, fault);
    const status = outcome instanceof GraphError ? outcome.httpStatus : 200;
    ledger.write({
      ...witness,
      kind: 'request',
      ...(outcome instanceof GraphError ? { code: outcome.code } : {}),
      answer: fault === undefined ? status : answered(fault, status),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });
    if (fault !== undefined) await spoil(fault, clock, reply);
    if (outcome === undefined || reply.sent || reply.raw.destroyed) return reply;
    if (outcome instanceof GraphError) return reply.code(status).headers(outcome.headers).send(outcome.body());
    return reply.headers(outcome.headers ?? {}).send(outcome.body);
  }

  private async outcome(request: GraphRequest, body: RequestBody, witness: Witness, fault: FaultSettings | undefined): Promise<Outcome> {
    if (fault?.kind === 'error') return faultError(fault, this.simulation.live.limits.throttlingHttpStatus);
    if (fault !== undefined && fault.kind !== 'slow' && !fault.accepts) return undefined;
    try {
      return await this.handle(request, body, witness);
    } catch (error) {
      if (error instanceof GraphError) return error;
      throw error;
    }
  }

  private handle(request: GraphRequest, body: RequestBody, witness: Witness): GraphAnswer | Promise<GraphAnswer> {
    const { query } = request;
    const { version, node, edge = '' } = request.params;
    checkVersion(version, this.simulation.settings.versions);
    const parameters = { ...query, ...body.form, ...(isObject(body.json) ? body.json : {}) };
    if (node === 'oauth' && edge === 'access_token') return exchangeToken(this.simulation, parameters);
    const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token = this.simulation.access.tokenOf(bearer ?? asText(parameters['access_token']), query['appsecret_proof']);
    if (body.isBroken) throw invalidParameter('Invalid JSON in request body');
    const baseUrl = this.publicUrl ?? `${request.protocol}://${request.host}`;
    const method = request.method as GraphCall['method'];
    return dispatch(
      this.simulation,
      { method, nodeId: node, token, parameters, json: body.json, request, baseUrl, version, witness },
      edge,
    );
  }
}

/** HTTP status that reaches the client; null where none does. */
function answered(fault: FaultSettings, status: number): number | null {
  if (fault.kind === 'html-500') return 500;
  return fault.kind === 'slow' || fault.kind === 'error' ? status : null;
}

function checkVersion(version: string, { oldest, newest }: { readonly oldest: string; readonly newest: string }): void {
  const major = (v: string): number => Number(/^v(\d+)\.\d+$/.exec(v)?.[1]);
  const number = major(version);
  if (number >= major(oldest) && number <= major(newest)) return; // NaN is neither
  throw new GraphError(100, { message: `Invalid version format. Use format like '${newest}'` });
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
