import { answerHandshake } from '@daybreak/cloud-api';
import { CONFIG } from '@daybreak/config';
import { HealthRegistry, metrics } from '@daybreak/observability';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasClientCertificate } from '../edge/client-certificate.js';
import { TakeWebhook } from '../edge/take-webhook.js';
import type { IngestConfig } from '../ingest.config.js';

/** Meta sends up to 3 MB. */
const BODY_LIMIT_BYTES = 3 * 1_048_576;

/** Meta's bodies come at once or not at all. */
const BODY_PATIENCE_MS = 5_000;

/** How long Meta is asked to wait after a 503, seconds. */
const RETRY_AFTER_S = '5';

export const WEBHOOK_PATH = '/webhooks/whatsapp';

/**
 * The door for Meta. Outside of Nest: the body stays bytes (they are what is signed), and no pipe or interceptor stands between
 * the socket and Kafka.
 */
@Injectable()
export class WebhookController implements OnApplicationBootstrap {
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
      door.removeAllContentTypeParsers();
      door.addHook('onRequest', (request, _reply, done) => {
        const timer = setTimeout(() => request.raw.destroy(), BODY_PATIENCE_MS);
        request.raw.once('close', () => clearTimeout(timer));
        done();
      });
      door.addHook('onRequest', (request, reply, done) => {
        if (hasClientCertificate(request.headers, this.config.WEBHOOK_CLIENT_CN)) return done();
        metrics.webhookRequests.inc({ result: 'bad_client' });
        void reply.code(403).send();
      });
      door.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => done(null, body));
      door.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
        metrics.webhookRequests.inc({ result: error.statusCode === 413 ? 'too_large' : 'malformed' });
        return reply.code(error.statusCode ?? 500).send();
      });
      door.get(WEBHOOK_PATH, (request, reply) => this.handshake(request, reply));
      door.post(WEBHOOK_PATH, { bodyLimit: BODY_LIMIT_BYTES }, (request, reply) => this.receive(request, reply));
    });
  }

  private handshake(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const answer = answerHandshake(request.query as Record<string, unknown>, this.config.WEBHOOK_VERIFY_TOKEN);
    return reply
      .code(answer.status)
      .header('content-type', answer.contentType)
      .header('x-content-type-options', 'nosniff')
      .send(answer.body);
  }

  private async receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const startedAt = performance.now();
    const signature = request.headers['x-hub-signature-256'];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { status, result } = await this.webhooks.take(body, typeof signature === 'string' ? signature : undefined);
    metrics.webhookRequests.inc({ result });
    metrics.webhookAckDuration.observe({ result }, (performance.now() - startedAt) / 1_000);
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_S);
    return reply.code(status).send();
  }
}
