import { Caller, Roles, actorOf, refusal, type Identity } from '@daybreak/access';
import { Valid } from '@daybreak/service-host';
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { SteerShards, type STEERING } from '../operations/steer-shards.js';
import { SurveyQueues, SurveyShards } from '../operations/survey.js';
import { toControlView, toQueuesView, toShardView, toSurveyView } from './operator-views.mapper.js';
import { spoken, type Why } from './spoken.js';

const rate = z.strictObject({ ...spoken.shape, messagesPerSecond: z.number().positive().max(1_000).nullable() });
const killSwitch = z.strictObject({ ...spoken.shape, on: z.boolean() });

/** Numbers, their queues, and what operators say of them. Every pod answers for all of them. */
@Controller()
@Roles('viewer')
export class ShardsController {
  constructor(
    private readonly shards: SurveyShards,
    private readonly queues: SurveyQueues,
    private readonly steer: SteerShards,
  ) {}

  @Get('shards')
  async list(): Promise<object> {
    return toSurveyView(await this.shards.all());
  }

  @Get('shards/:shardId')
  async one(@Param('shardId') shardId: string): Promise<object> {
    const found = await this.shards.one(shardId);
    if (!found) throw unknownShard();
    return toShardView(found);
  }

  @Get('queues')
  async depths(): Promise<object> {
    return toQueuesView(await this.queues.all());
  }

  @Post('shards/:shardId/pause')
  @HttpCode(200)
  @Roles('operator')
  pause(@Param('shardId') shardId: string, @Body(new Valid(spoken)) why: Why, @Caller() caller: Identity): Promise<object> {
    return this.say(shardId, 'paused', why, caller);
  }

  @Post('shards/:shardId/resume')
  @HttpCode(200)
  @Roles('operator')
  resume(@Param('shardId') shardId: string, @Body(new Valid(spoken)) why: Why, @Caller() caller: Identity): Promise<object> {
    return this.say(shardId, 'resumed', why, caller);
  }

  @Post('shards/:shardId/drain')
  @HttpCode(200)
  @Roles('operator')
  drain(@Param('shardId') shardId: string, @Body(new Valid(spoken)) why: Why, @Caller() caller: Identity): Promise<object> {
    return this.say(shardId, 'drained', why, caller);
  }

  @Put('shards/:shardId/rate')
  @Roles('operator')
  async limit(
    @Param('shardId') shardId: string,
    @Body(new Valid(rate)) { messagesPerSecond, reason }: z.output<typeof rate>,
    @Caller() caller: Identity,
  ): Promise<object> {
    const control = await this.steer.limit(shardId, messagesPerSecond, { actor: actorOf(caller), reason });
    if (!control) throw unknownShard();
    return toControlView(control);
  }

  @Post('kill-switch')
  @HttpCode(200)
  @Roles('operator')
  async stop(@Body(new Valid(killSwitch)) { on, reason }: z.output<typeof killSwitch>, @Caller() caller: Identity): Promise<object> {
    return toControlView(await this.steer.stopEverything(on, { actor: actorOf(caller), reason }));
  }

  /** `key` is URL-encoded: a template's is `WABA id/name/language`. */
  @Post('breakers/:scope/:key/close')
  @HttpCode(200)
  @Roles('operator')
  async close(
    @Param('scope') scope: string,
    @Param('key') key: string,
    @Body(new Valid(spoken)) { reason }: Why,
    @Caller() caller: Identity,
  ): Promise<object> {
    const isClosed = await this.steer.closeBreaker(scope, key, { actor: actorOf(caller), reason });
    if (!isClosed) throw refusal(404, 'nothing of that scope and key stands still');
    return { scope, key, closed: true };
  }

  private async say(shardId: string, how: keyof typeof STEERING, { reason }: Why, caller: Identity): Promise<object> {
    const control = await this.steer.steer(shardId, how, { actor: actorOf(caller), reason });
    if (!control) throw unknownShard();
    return toControlView(control);
  }
}

const unknownShard = () => refusal(404, 'there is no such shard; GET /shards lists them');
