import { Caller, Roles, actorOf, refusal, type Identity } from '@daybreak/access';
import { isCloudApiError } from '@daybreak/cloud-api';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { KeepSubscriptions } from '../subscriptions/keep-subscriptions.js';
import { stateOf, type Finding, type SubscriptionState } from '../subscriptions/subscription.js';

export interface SubscriptionView {
  readonly wabaId: string;
  readonly state: SubscriptionState;
  /** Where Meta sends its webhooks; null when that is not known. */
  readonly callbackUrl: string | null;
  /** Ids of numbers whose own override sends theirs to another address. */
  readonly numbersElsewhere: readonly string[];
  /** Null: not yet. */
  readonly checkedAt: string | null;
}

export interface FindingView extends Omit<SubscriptionView, 'checkedAt'> {
  /** It was missing, or it was ordered. */
  readonly resubscribed: boolean;
}

/** Whether webhooks reach us, for operators. */
@Controller('subscriptions')
@Roles('viewer')
export class SubscriptionsController {
  constructor(private readonly subscriptions: KeepSubscriptions) {}

  /** As last checked; Meta is not asked. */
  @Get()
  async list(): Promise<{ readonly subscriptions: readonly SubscriptionView[] }> {
    const wabas = await this.subscriptions.known();
    return {
      subscriptions: wabas.map((waba) => ({
        wabaId: waba.wabaId,
        state: stateOf(waba),
        callbackUrl: waba.callbackUrl,
        numbersElsewhere: waba.numbersElsewhere ?? [],
        checkedAt: waba.checkedAt?.toISOString() ?? null,
      })),
    };
  }

  /** Asks Meta now, and subscribes what is missing, as every ten minutes. */
  @Post('verify')
  @HttpCode(200)
  @Roles('operator')
  async verify(@Caller() caller: Identity): Promise<{ readonly subscriptions: readonly FindingView[] }> {
    return { subscriptions: (await this.subscriptions.all(actorOf(caller))).map(toView) };
  }

  /** Also takes back overrides of the address, the WABA's and its numbers'. */
  @Post(':wabaId/resubscribe')
  @HttpCode(200)
  @Roles('operator')
  async resubscribe(@Param('wabaId') wabaId: string, @Caller() caller: Identity): Promise<FindingView> {
    try {
      const finding = await this.subscriptions.again(wabaId, actorOf(caller));
      if (finding === undefined) throw refusal(404, 'no such WABA');
      return toView(finding);
    } catch (error) {
      if (isCloudApiError(error)) throw refusal(502, `Meta did not take the subscription: ${error.message}`);
      throw error;
    }
  }
}

const toView = (finding: Finding): FindingView => ({
  wabaId: finding.wabaId,
  state: stateOf(finding),
  callbackUrl: finding.callbackUrl,
  numbersElsewhere: finding.numbersElsewhere ?? [],
  resubscribed: finding.resubscribed,
});
