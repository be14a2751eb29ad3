import { Caller, Roles, actorOf, refusal, type Identity } from '@daybreak/access';
import { Valid } from '@daybreak/service-host';
import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { MessageOrder } from '../replies/message-order.js';
import type { KnownMessage } from '../replies/message.js';
import { QueueMessage } from '../replies/queue-message.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,128}$/;
const MESSAGE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const value = z.string().min(1).max(1_024);
const order = z.strictObject({
  recipientId: z.string().min(1).max(128),
  address: z.string().max(32).optional(),
  shardId: z.string().min(1).max(64).optional(),
  template: z.strictObject({
    name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be the name of a template'),
    language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'must be a language such as en or en_US'),
    bodyParameters: z.union([z.record(z.string(), value), z.array(value)]).default({}),
    imageUrl: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  }),
});

/** One message, now: to somebody who agreed, by an approved template. */
@Controller('messages')
@Roles('viewer')
export class MessagesController {
  constructor(private readonly messages: QueueMessage) {}

  @Post()
  @HttpCode(202)
  @Roles('operator')
  async queue(
    @Body(new Valid(order)) body: z.output<typeof order>,
    @Headers('idempotency-key') key: string | undefined,
    @Caller() caller: Identity,
  ): Promise<object> {
    if (key === undefined || !IDEMPOTENCY_KEY.test(key))
      throw refusal(400, 'the header Idempotency-Key is missing, or not 8 to 128 visible characters', {
        errors: [{ field: 'Idempotency-Key', reason: 'names the request, so that sending it again sends nothing twice' }],
      });
    const { message, repeated } = await this.messages.queue(toOrder(body), key, actorOf(caller));
    return { ...toView(message), repeated };
  }

  @Get(':messageId')
  async one(@Param('messageId') messageId: string): Promise<object> {
    const message = MESSAGE_ID.test(messageId) ? await this.messages.find(messageId) : undefined;
    if (!message) throw refusal(404, 'there is no such message, or it is older than a week');
    return toView(message);
  }
}

const toOrder = ({ recipientId, address, shardId, template }: z.output<typeof order>): MessageOrder => ({
  recipientId,
  address,
  shardId,
  template: { ...template, imageUrl: template.imageUrl ?? null },
});

const toView = (message: KnownMessage) => ({
  messageId: message.messageId,
  recipientId: message.recipientId,
  phoneNumberId: message.phoneNumberId,
  template: `${message.content.name}/${message.content.language}`,
  test: message.content.isTest,
  state: message.state,
  attempt: message.attempt,
  errorCode: message.errorCode,
  reason: message.reason,
  requestedAt: new Date(message.requestedAtMs).toISOString(),
});
