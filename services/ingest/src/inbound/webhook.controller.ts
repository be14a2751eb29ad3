import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { answerHandshake } from '@daybreak/cloud-api';
import { CONFIG } from '@daybreak/config';
import { HealthRegistry, metrics } from '@daybreak/observability';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasClientCertificate } from '../edge/client-certificate.js';
import { TakeWebhook } from '../edge/take-webhook.js';
import type { IngestConfig } from '../ingest.config.js';
import { NoBody, readBody } from './read-body.js';

/** Meta sends up to 3 MB, and its bodies come at once or not at all. */
const BODY_LIMITS = { bytes: 3 * 1_048_576, ms: 5_000 };

/** How long Meta is asked to wait after a 503, seconds. */
const RETRY_AFTER_S = '5';

export const WEBHOOK_PATH = '/webhooks/whatsapp';

/**
 * The door for Meta. Outside of Nest: the body stays bytes (they are what is signed), and no pipe or interceptor stands between
 * the socket and Kafka.
 */
@Injectable()
export class WebhookController implements OnApplicationBootstrap {
  private server: Server | undefined;

  constructor(
    private readonly webhooks: TakeWebhook,
    private readonly health: HealthRegistry,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'WEBHOOK_VERIFY_TOKEN' | 'WEBHOOK_APP_SECRETS' | 'WEBHOOK_CLIENT_CN'>,
  ) {}

  /** Postgres and Kafka are not asked: while one of them is away the other still takes what comes, and a 503 says the rest. */
  onApplicationBootstrap(): void {
    this.health.register('webhook-secret', 'readiness', async () => {
      if (this.config.WEBHOOK_APP_SECRETS.length === 0) throw new Error('WEBHOOK_APP_SECRETS is empty: every webhook is refused');
    });
  }

  register(fastify: FastifyInstance): void {
    void fastify.register(async (door) => {
      door.get(WEBHOOK_PATH, (request, reply) => this.handshake(request, reply));
      door.removeAllContentTypeParsers();
      door.addContentTypeParser('*', (_request, _unread, done) => done(null));
      door.post(WEBHOOK_PATH, (request, reply) => {
        reply.hijack();
        return this.receive(request.raw, reply.raw);
      });
    });
    this.server = fastify.server;
    this.goAround(this.server);
  }

  /**
   * Takes the POSTs of webhooks from the server before Fastify does: the hooks, routing and reply of an application cost as much as the signature,
   * the JSON and the events of a webhook together. What comes by Fastify all the same, as it does on the second address of `localhost`, is as welcome.
   */
  private goAround(server: Server): void {
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (isWebhook(request)) void this.receive(request, response);
      else for (const listener of others) listener.call(server, request, response);
    });
  }

  private handshake(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (!this.isFromMeta(request.raw)) return reply.code(403).send();
    const answer = answerHandshake(request.query as Record<string, unknown>, this.config.WEBHOOK_VERIFY_TOKEN);
    return reply
      .code(answer.status)
      .header('content-type', answer.contentType)
      .header('x-content-type-options', 'nosniff')
      .send(answer.body);
  }

  /** Never rejects. */
  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isFromMeta(request)) return this.answer(response, 403);
    try {
      const body = await readBody(request, BODY_LIMITS);
      const startedAt = performance.now();
      const signature = request.headers['x-hub-signature-256'];
      const { status, result } = await this.webhooks.take(body, typeof signature === 'string' ? signature : undefined);
      metrics.webhookRequests.inc({ result });
      metrics.webhookAckDuration.observe({ result }, (performance.now() - startedAt) / 1_000);
      if (status === 503) response.setHeader('retry-after', RETRY_AFTER_S);
      this.answer(response, status);
    } catch (error) {
      const status = error instanceof NoBody ? error.status : 500;
      metrics.webhookRequests.inc({ result: status === 413 ? 'too_large' : 'malformed' });
      response.setHeader('connection', 'close'); // more of it may be on its way
      this.answer(response, status);
    }
  }

  private answer(response: ServerResponse, status: number): void {
    if (this.server?.listening !== true) response.setHeader('connection', 'close'); // this process is about to end
    response.statusCode = status;
    response.end();
  }

  private isFromMeta(request: IncomingMessage): boolean {
    if (hasClientCertificate(request.headers, this.config.WEBHOOK_CLIENT_CN)) return true;
    metrics.webhookRequests.inc({ result: 'bad_client' });
    return false;
  }
}

const isWebhook = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' && url.startsWith(WEBHOOK_PATH) && (url.length === WEBHOOK_PATH.length || url[WEBHOOK_PATH.length] === '?');
