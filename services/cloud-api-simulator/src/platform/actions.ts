import type { Clock, SeededRandom } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import type { Timeline } from '../clockwork/timeline.js';
import type { WebhookUpdate } from '../outbound/webhook-update.js';
import type { ActionSettings } from '../settings/incident-settings.js';
import type { LiveSettings } from '../settings/settings.js';
import type { PhoneNumber, Waba } from './accounts.js';
import type { Directory } from './directory.js';
import type { InboundMessages } from './inbound-messages.js';
import { textOf } from './json.js';
import type { SentMessages } from './sent-messages.js';
import type { TemplateLife } from './template-life.js';
import type { Templates } from './templates.js';

export interface ActionDeps {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly directory: Directory;
  readonly templates: Templates;
  readonly templateLife: TemplateLife;
  readonly messages: SentMessages;
  readonly inbound: InboundMessages;
  readonly publish: (update: WebhookUpdate, random: SeededRandom) => void;
  readonly random: SeededRandom;
}

type Doing = ActionSettings['do'];
type Handlers = { readonly [D in Doing]: (action: Extract<ActionSettings, { do: D }>) => void };

/** What happens to the platform from outside: by a scenario's events or by the admin API. One handler for each, or it does not compile. */
export class Actions {
  constructor(private readonly deps: ActionDeps) {}

  perform(action: ActionSettings): void {
    (this.handlers[action.do] as (action: ActionSettings) => void)(action);
  }

  private readonly handlers: Handlers = {
    // Meta documents no webhook for a single number that is banned or restricted; account_update speaks of whole WABAs.
    'set-number-status': ({ number, status }) => {
      for (const n of this.numbers(number)) {
        n.status = status;
        n.registered = !['PENDING', 'DISCONNECTED', 'DELETED'].includes(status);
        if (status === 'FLAGGED')
          this.tell(n.waba, 'phone_number_quality_update', {
            display_phone_number: n.displayDigits,
            event: 'FLAGGED',
            current_limit: n.waba.portfolio.limit.messagingLimit,
          });
      }
    },
    'set-number-quality': ({ number, qualityRating }) => {
      for (const n of this.numbers(number)) n.qualityRating = qualityRating;
    },
    'scale-throughput': ({ number, factor }) => {
      for (const n of this.numbers(number)) n.throughput.perSecond = Math.max(1, Math.round(n.fullThroughput * factor));
    },
    'upgrade-throughput': ({ number, throughput }) => {
      for (const n of this.numbers(number)) this.upgrade(n, throughput);
    },
    'set-template-status': ({ template, language, status, reason }) => {
      for (const t of this.deps.templates.named(template, language))
        this.deps.templateLife.setStatus(t, status, reason === undefined ? {} : { reason });
    },
    'set-template-quality': ({ template, language, qualityScore }) => {
      const { templates, templateLife, clock } = this.deps;
      for (const t of templates.named(template, language)) templateLife.setQuality(t, qualityScore, clock.nowMs());
    },
    'set-template-category': ({ template, language, category }) => {
      for (const t of this.deps.templates.named(template, language)) this.deps.templateLife.setCategory(t, category);
    },
    'pace-template': ({ template, language, pacing }) => {
      for (const t of this.deps.templates.named(template, language)) this.deps.templates.pace(t, pacing);
    },
    'revoke-token': ({ token }) => {
      for (const t of this.deps.directory.tokens.values()) t.revoked ||= token === undefined || t.token === token;
    },
    'ban-account': ({ wabaId, state }) => {
      for (const waba of this.wabas(wabaId)) {
        waba.banState = state === 'REINSTATE' ? undefined : state;
        this.tell(waba, 'account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state, waba_ban_date: this.date() } });
      }
    },
    'unsubscribe-apps': ({ wabaId }) => {
      for (const waba of this.wabas(wabaId)) waba.subscribedApps.clear();
    },
    'set-messaging-limit': ({ messagingLimit }) => {
      for (const portfolio of this.deps.directory.portfolios.values()) portfolio.limit.messagingLimit = messagingLimit;
      for (const waba of this.wabas(undefined))
        this.tell(waba, 'business_capability_update', {
          max_daily_conversations_per_business: messagingLimit,
          max_phone_numbers_per_business: 20,
        });
    },
    'set-portfolio-review': ({ underReview }) => {
      for (const portfolio of this.deps.directory.portfolios.values()) portfolio.underReview = underReview;
    },
    'stop-storm': ({ number, share, perSecond }) => this.stopStorm(number, share, perSecond),
  };

  private upgrade(number: PhoneNumber, throughput: number): void {
    const { clock, timeline } = this.deps;
    number.maintenanceUntilMs = clock.nowMs() + 60_000; // an upgrade blocks the number for up to a minute
    timeline.at(number.maintenanceUntilMs, () => {
      number.fullThroughput = throughput;
      number.throughput.perSecond = throughput;
      this.tell(number.waba, 'phone_number_quality_update', {
        display_phone_number: number.displayDigits,
        event: 'THROUGHPUT_UPGRADE',
        max_daily_conversations_per_business: number.waba.portfolio.limit.messagingLimit,
      });
    });
  }

  /** A share of the people who got a message answer STOP, so many a second. */
  private stopStorm(name: string | number | undefined, share: number, perSecond: number): void {
    const { clock, timeline, live, messages, inbound } = this.deps;
    const reached = this.numbers(name).flatMap((number) =>
      messages
        .of(number.id)
        .filter((m) => m.status === 'delivered' || m.status === 'read')
        .map((m) => ({ from: m.to, number })),
    );
    const people = [...new Map(reached.map((w) => [w.from, w])).values()].filter(() => this.deps.random.chance(share));
    people.forEach(({ from, number }, i) => {
      timeline.at(clock.nowMs() + (i * 1_000) / perSecond, (atMs) =>
        inbound.receive({ from, number, atMs, content: { text: live().recipients.stopText } }, this.deps.random),
      );
    });
  }

  private tell(waba: Waba, field: string, value: Record<string, unknown>): void {
    this.deps.publish(
      { wabaId: waba.id, field, value, atMs: this.deps.clock.nowMs(), about: { status: textOf(value['event'] ?? field) } },
      this.deps.random,
    );
  }

  private date(): string {
    return DateTime.fromMillis(this.deps.clock.nowMs(), { zone: 'utc' }).toFormat('LLLL d, yyyy');
  }

  private numbers(name: string | number | undefined): PhoneNumber[] {
    return this.deps.directory.numbersNamed(name);
  }

  private wabas(id: string | undefined): Waba[] {
    return [...this.deps.directory.wabas.values()].filter((w) => id === undefined || w.id === id);
  }
}
