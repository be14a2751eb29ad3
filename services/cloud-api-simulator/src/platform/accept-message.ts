import type { Clock, SeededRandom } from '@daybreak/kernel';
import type { Timeline } from '../clockwork/timeline.js';
import type { LiveSettings } from '../settings/settings.js';
import type { PhoneNumber } from './accounts.js';
import { GraphError, invalidParameter } from './graph-error.js';
import type { Ids } from './ids.js';
import type { LinkCache } from './link-cache.js';
import type { MediaStore } from './media.js';
import type { OutgoingMessage } from './message-body.js';
import type { MessageJourney } from './message-journey.js';
import type { Message, Pricing } from './message.js';
import type { Pacing } from './pacing.js';
import type { PairLimit } from './pair-limit.js';
import { addressOf, type Behaviour, type Recipients } from './recipients.js';
import { checkTemplateParameters } from './template-parameters.js';
import type { TemplateLife } from './template-life.js';
import type { Template } from './template.js';
import type { Templates } from './templates.js';
import { outgoingWamid } from './wamid.js';

export type Endpoint = 'messages' | 'marketing_messages';

export interface AcceptDeps {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly templates: Templates;
  readonly templateLife: TemplateLife;
  readonly media: MediaStore;
  readonly links: LinkCache;
  readonly recipients: Recipients;
  readonly journey: MessageJourney;
  readonly pairs: PairLimit;
  readonly portfolioPacing: ReadonlyMap<string, Pacing>;
  readonly messages: { remember(message: Message): void };
  readonly ids: Ids;
}

/** A reason why the platform will not deliver what it accepted. */
interface Doom {
  readonly code: number;
  readonly details: string;
}

/** Checks one message as the platform does and either refuses it or takes it in. */
export class AcceptMessage {
  constructor(private readonly deps: AcceptDeps) {}

  accept(number: PhoneNumber, call: OutgoingMessage, endpoint: Endpoint): Message {
    const nowMs = this.deps.clock.nowMs();
    checkNumber(number, nowMs);
    const template = call.template === undefined ? undefined : this.checkTemplate(number, call, endpoint);
    for (const media of call.media) if ('id' in media) this.checkMedia(media.id, number);
    const to = addressOf(call.to, number.phoneNumber);
    if (to === number.phoneNumber) throw new GraphError(131_021);
    this.spend(number, to, nowMs);
    const inWindow = this.deps.recipients.inServiceWindow(to, number.id, nowMs);
    const message: Message = {
      wamid: outgoingWamid(to, this.deps.ids.unique()),
      historyId: this.deps.ids.node(),
      number,
      to,
      type: call.type,
      reference: call.reference,
      template,
      call,
      acceptedAtMs: nowMs,
      pricing: pricingOf(template, inWindow, endpoint),
      status: 'accepted',
      events: [],
    };
    this.deps.messages.remember(message);
    this.setOut(message, inWindow);
    return message;
  }

  private checkTemplate(number: PhoneNumber, call: OutgoingMessage, endpoint: Endpoint): Template {
    const { templates, clock } = this.deps;
    const { name, language } = call.template ?? { name: '', language: '' };
    const template = templates.find(number.waba.id, name, language);
    if (
      template === undefined ||
      ['PENDING', 'REJECTED', 'IN_APPEAL', 'PENDING_DELETION', 'DELETED', 'LIMIT_EXCEEDED', 'ARCHIVED'].includes(template.status)
    ) {
      throw new GraphError(132_001, { details: `template name (${name}) does not exist in ${language}` });
    }
    if (template.status === 'PAUSED') throw new GraphError(132_015, { details: `Template ${name} is paused due to low quality` });
    if (template.status === 'DISABLED') throw new GraphError(132_016, { details: `Template ${name} is disabled due to low quality` });
    if (endpoint === 'marketing_messages') {
      if (template.category !== 'MARKETING')
        throw new GraphError(134_100, { details: 'Only marketing templates can be sent with this endpoint' });
      if (template.syncedAtMs > clock.nowMs())
        throw new GraphError(134_101, { details: 'Template is still syncing, try again in 10 minutes' });
    } else if (template.category === 'MARKETING' && number.waba.disableMarketingMessagesOnCloudApi) throw new GraphError(131_063);
    if (call.template !== undefined) checkTemplateParameters(template, call.template);
    return template;
  }

  private checkMedia(id: string, number: PhoneNumber): void {
    const media = this.deps.media.find(id);
    if (media === undefined || media.phoneNumberId !== number.id)
      throw invalidParameter(`Invalid parameter: media with id ${id.slice(0, 32)} does not exist or belongs to another phone number`);
  }

  /** Throughput first: it is what Meta refuses before it looks at anyone. */
  private spend(number: PhoneNumber, to: string, nowMs: number): void {
    const { limits } = this.deps.live();
    if (number.throughput.inRollingSecond(nowMs) >= number.throughput.perSecond) {
      throw new GraphError(130_429, { details: 'Cloud API message throughput has been reached.', httpStatus: limits.throttlingHttpStatus });
    }
    if (limits.pair && !this.deps.pairs.take(number.id, to, nowMs)) {
      throw new GraphError(131_056, {
        details:
          'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time',
      });
    }
    number.throughput.count(nowMs);
  }

  /** Decides how it will go, which the answer says nothing of. */
  private setOut(message: Message, inWindow: boolean): void {
    const { journey, recipients, links } = this.deps;
    const random = journey.randomFor(message);
    const behaviour = recipients.behaviourOf(message.to);
    const go = (fromMs: number): void => {
      const doom = this.doomOf(message, behaviour, inWindow);
      if (doom === 'silence') return;
      if (doom !== undefined) return journey.fail(message, doom.code, doom.details, random, fromMs);
      const link = message.call.media.find((m) => 'link' in m);
      if (link === undefined) return journey.send(message, behaviour, random, fromMs);
      void links.fetch(link.link).then((problem) => {
        if (problem === undefined) journey.send(message, behaviour, random, fromMs);
        else journey.fail(message, 131_053, problem, random, fromMs);
      });
    };
    if (this.holds(message, random, go)) message.status = 'held_for_quality_assessment';
    else go(message.acceptedAtMs);
  }

  private doomOf(message: Message, behaviour: Behaviour, inWindow: boolean): Doom | 'silence' | undefined {
    const { to, number, template, acceptedAtMs } = message;
    const recipient = this.deps.recipients.of(to);
    if (!behaviour.onWhatsApp || recipient.blocked.has(number.id)) return { code: 131_026, details: 'Message Undeliverable.' };
    if (template === undefined) {
      return inWindow
        ? undefined
        : {
            code: 131_047,
            details: 'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
          };
    }
    if (inWindow) return undefined;
    if (template.category === 'MARKETING') {
      if (recipient.optedOut || behaviour.marketing === 'opted-out')
        return { code: 131_050, details: 'Recipient has stopped receiving marketing messages from you.' };
      if (behaviour.marketing === 'capped')
        return { code: 131_049, details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.' };
      if (behaviour.marketing === 'holdout')
        return { code: 130_472, details: "Failed to send message because this user's phone number is part of an experiment" };
    }
    const { portfolio } = number.waba;
    if (portfolio.limit.allows(to, acceptedAtMs)) return undefined;
    return portfolio.overLimit === 'hold'
      ? 'silence'
      : { code: portfolio.overLimit, details: 'The business portfolio has reached its messaging limit.' };
  }

  /** Pacing, of the template or of the portfolio; `go` runs when the message is let out after all. */
  private holds(message: Message, random: SeededRandom, go: (fromMs: number) => void): boolean {
    const { template, number } = message;
    if (template === undefined) return false;
    const byPortfolio = this.deps.portfolioPacing.get(number.waba.portfolio.id);
    const pacing = template.pacing?.holdsNext() === true ? template.pacing : byPortfolio?.holdsNext() === true ? byPortfolio : undefined;
    if (pacing === undefined) return false;
    const dropCode = pacing === byPortfolio ? 135_000 : 132_015;
    const isFirst = pacing.hold((verdict) => {
      const nowMs = this.deps.clock.nowMs();
      if (verdict === 'release') go(nowMs);
      else
        this.deps.journey.fail(
          message,
          dropCode,
          dropCode === 132_015
            ? 'Template is paused due to low quality'
            : 'Message failed to send because of an unknown error with your request parameters.',
          random,
          nowMs,
        );
    });
    if (isFirst)
      this.deps.timeline.at(message.acceptedAtMs + pacing.settings.verdictAfterMs, () => this.judge(pacing, template, byPortfolio));
    return true;
  }

  private judge(pacing: Pacing, template: Template, byPortfolio: Pacing | undefined): void {
    if (pacing.verdict !== undefined) return;
    pacing.judge(pacing.settings.verdict);
    if (pacing.settings.verdict === 'drop' && pacing !== byPortfolio) this.deps.templateLife.pauseForPacing(template);
  }
}

function checkNumber(number: PhoneNumber, nowMs: number): void {
  if (number.waba.banState === 'DISABLE') throw new GraphError(131_031, { details: 'Business Account locked' });
  if (number.status === 'DELETED') throw new GraphError(33, { message: '(#33) This object does not exist or was deleted' });
  if (number.maintenanceUntilMs > nowMs) throw new GraphError(131_057, { details: 'Business Account is in maintenance mode' });
  if (!number.registered || number.status === 'DISCONNECTED' || number.status === 'PENDING')
    throw new GraphError(133_010, { message: '(#133010) The account is not registered' });
  if (number.status === 'BANNED' || number.status === 'RESTRICTED')
    throw new GraphError(131_031, { details: 'The business phone number is restricted or banned' });
  if (number.status === 'RATE_LIMITED')
    throw new GraphError(131_048, {
      details: 'Message failed to send because there are restrictions on how many messages can be sent from this phone number.',
    });
  if (number.status === 'UNVERIFIED' || number.status === 'MIGRATED')
    throw new GraphError(131_045, { details: 'Message failed to send due to a phone number registration error.' });
}

function pricingOf(template: Template | undefined, inWindow: boolean, endpoint: Endpoint): Pricing {
  const category =
    template === undefined ? 'service' : endpoint === 'marketing_messages' ? 'marketing_lite' : template.category.toLowerCase();
  const free = inWindow && (category === 'service' || category === 'utility');
  return { billable: !free, pricing_model: 'PMP', type: free ? 'free_customer_service' : 'regular', category };
}
