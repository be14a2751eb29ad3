import { CloudApiClient } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { WabaRepository, type Waba } from '../store/waba.repository.js';
import { isSameUrl, type Finding } from './subscription.js';
import { TellSubscriptions } from './tell-subscriptions.js';

const OBJECT = 'whatsapp_business_account';
const OURSELVES = 'service:ingest';

/**
 * Makes sure that every WABA sends its webhooks to our app, and our app to us. A WABA that was silently unsubscribed delivers messages as
 * before and never says so: without this the loss is found when the SLA is judged.
 */
@Injectable()
export class KeepSubscriptions {
  private allDueAtMs = 0;
  /** WABAs that were subscribed again, and by whom, until that is told: it happened at Meta, whatever becomes of our transaction. */
  private readonly untold = new Map<string, string>();

  constructor(
    private readonly cloudApi: CloudApiClient,
    private readonly wabas: WabaRepository,
    private readonly tell: TellSubscriptions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'CLOUD_API_APP_ID' | 'WEBHOOK_PUBLIC_URL' | 'SUBSCRIPTION_CHECK_MS'>,
  ) {}

  /** As last checked; Meta is not asked. */
  known(): Promise<Waba[]> {
    return this.wabas.all();
  }

  /** All of them; one that cannot be read, or whose finding cannot be kept, does not keep the others from being checked. */
  async all(actor = OURSELVES): Promise<Finding[]> {
    const callback = await this.callbackOfApp();
    const findings: Finding[] = [];
    for (const { wabaId } of await this.wabas.all()) {
      const finding = await this.check(wabaId, callback);
      findings.push(finding);
      await this.settled(finding, actor).catch((error: unknown) =>
        this.logger.warn({ err: error, waba_id: wabaId }, 'what was found of a WABA could not be kept; the next round finds it again'),
      );
    }
    return findings;
  }

  /** All of them when that is due; in between, those that nobody could say anything of yet: they are not left for ten minutes. */
  async round(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs >= this.allDueAtMs) {
      await this.all();
      this.allDueAtMs = nowMs + this.config.SUBSCRIPTION_CHECK_MS;
      return;
    }
    const unsure = (await this.wabas.all()).filter((waba) => waba.subscribed === null);
    for (const { wabaId } of unsure) await this.one(wabaId);
  }

  async one(wabaId: string): Promise<Finding> {
    return this.settled(await this.check(wabaId, await this.callbackOfApp()), OURSELVES);
  }

  /** Subscribes whatever Meta says there is, which also takes back overrides of the address, numbers' too. Undefined: no such WABA. */
  async again(wabaId: string, actor: string): Promise<Finding | undefined> {
    if (!(await this.wabas.all()).some((waba) => waba.wabaId === wabaId)) return undefined;
    await this.cloudApi.subscribe(wabaId);
    for (const phoneNumberId of (await this.numbersElsewhere(wabaId)) ?? [])
      await this.cloudApi.updatePhoneNumber(phoneNumberId, { webhook_configuration: { override_callback_uri: '' } });
    this.logger.info({ waba_id: wabaId, actor }, 'the WABA was subscribed again, as ordered');
    const found = await this.check(wabaId, await this.callbackOfApp());
    return this.settled({ ...found, resubscribed: true }, actor);
  }

  private async settled(finding: Finding, actor: string): Promise<Finding> {
    const { wabaId } = finding;
    this.tell.measured(finding);
    const by = finding.resubscribed ? actor : this.untold.get(wabaId);
    this.untold.delete(wabaId); // a check that comes meanwhile would tell it as well
    try {
      await this.wabas.checked(wabaId, finding, new Date(Math.floor(this.clock.nowMs())), async (tx, now, turned) => {
        await this.tell.found(tx, finding);
        if (by !== undefined) await this.tell.resubscribed(tx, wabaId, by);
        if (turned) await this.tell.elsewhere(tx, wabaId, now);
      });
    } catch (error) {
      if (by !== undefined) this.untold.set(wabaId, by);
      throw error;
    }
    return finding;
  }

  private async check(wabaId: string, callbackOfApp: string | null): Promise<Finding> {
    try {
      const apps = await this.cloudApi.getSubscribedApps(wabaId);
      const ours = apps.find((app) => app.whatsapp_business_api_data?.id === this.config.CLOUD_API_APP_ID);
      if (ours === undefined) {
        await this.cloudApi.subscribe(wabaId);
        this.logger.warn({ waba_id: wabaId }, 'the WABA did not send its webhooks to us; subscribed again');
      }
      const callbackUrl = ours?.override_callback_uri ?? callbackOfApp;
      const elsewhere = this.isElsewhere(callbackUrl);
      if (elsewhere) this.logger.error({ waba_id: wabaId }, 'the webhooks of the WABA go to an address that is not ours');
      const numbersElsewhere = await this.numbersElsewhere(wabaId);
      return { wabaId, subscribed: true, resubscribed: ours === undefined, callbackUrl, elsewhere, numbersElsewhere };
    } catch (error) {
      this.logger.warn({ err: error, waba_id: wabaId }, 'the webhook subscription could not be read');
      return { wabaId, subscribed: null, resubscribed: false, callbackUrl: null, elsewhere: false, numbersElsewhere: null };
    }
  }

  /** Null where nothing is known, or nothing is to be compared. Empty: the app has no callback at all. */
  private async callbackOfApp(): Promise<string | null> {
    if (this.config.WEBHOOK_PUBLIC_URL === undefined) return null;
    try {
      const subscriptions = await this.cloudApi.getAppSubscriptions();
      return subscriptions.find(({ object, active }) => object === OBJECT && active !== false)?.callback_url ?? '';
    } catch (error) {
      this.logger.warn({ err: error }, 'the callback of the app could not be read; only overrides are compared');
      return null;
    }
  }

  /** Ids of numbers with an override of their own that is not ours. Null where nothing is known; empty where nothing is to be compared. */
  private async numbersElsewhere(wabaId: string): Promise<string[] | null> {
    if (this.config.WEBHOOK_PUBLIC_URL === undefined) return [];
    try {
      const numbers = await this.cloudApi.listPhoneNumbers(wabaId, ['id', 'webhook_configuration']);
      const found = numbers.filter((number) => this.isElsewhere(number.webhook_configuration?.phone_number ?? null));
      for (const { id } of found)
        this.logger.error({ waba_id: wabaId, phone_number_id: id }, 'the webhooks of the number go to an address that is not ours');
      return found.flatMap(({ id }) => id ?? []);
    } catch (error) {
      this.logger.warn({ err: error, waba_id: wabaId }, 'the callbacks of numbers could not be read; only the one of the WABA is compared');
      return null;
    }
  }

  private isElsewhere(callbackUrl: string | null): boolean {
    const ours = this.config.WEBHOOK_PUBLIC_URL;
    return ours !== undefined && callbackUrl !== null && !isSameUrl(callbackUrl, ours);
  }
}
