import type { Clock } from '@daybreak/kernel';
import type { LiveSettings } from '../settings/settings.js';
import type { PhoneNumber } from './accounts.js';
import { GraphError, invalidParameter } from './graph-error.js';
import type { HoldBack } from './hold-back.js';
import type { Ids } from './ids.js';
import type { LinkCache } from './link-cache.js';
import type { MediaStore } from './media.js';
import type { OutgoingMessage } from './message-body.js';
import { invalidBecause } from './message-error.js';
import type { MessageJourney } from './message-journey.js';
import type { Message, Pricing } from './message.js';
import type { PairLimit } from './pair-limit.js';
import { outlookOf } from './outlook.js';
import { addressOf, type Recipients } from './recipients.js';
import { checkTemplateParameters } from './template-parameters.js';
import type { Template } from './template.js';
import type { Templates } from './templates.js';
import { outgoingWamid } from './wamid.js';

export type Endpoint = 'messages' | 'marketing_messages';

export interface AcceptDeps {
  readonly clock: Clock;
  readonly live: () => LiveSettings;
  readonly templates: Templates;
  readonly media: MediaStore;
  readonly links: LinkCache;
  readonly recipients: Recipients;
  readonly journey: MessageJourney;
  readonly pairs: PairLimit;
  readonly holdBack: HoldBack;
  readonly messages: { remember(message: Message): void };
  readonly ids: Ids;
}

/** Checks one message as the platform does and either refuses it or takes it in. */
export class AcceptMessage {
  constructor(private readonly deps: AcceptDeps) {}

  accept(number: PhoneNumber, call: OutgoingMessage, endpoint: Endpoint): Message {
    const nowMs = this.deps.clock.nowMs();
    checkNumber(number, nowMs);
    const template = call.template === undefined ? undefined : this.checkTemplate(number, call, endpoint);
    for (const media of call.media) if ('id' in media) this.checkMedia(media.id, number);
    const to = call.addressedBy === 'phone' ? addressOf(call.to, number.phoneNumber) : this.personCalled(call.to, number, template);
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

  /** One-time passwords go to phone numbers only: they prove that somebody holds one. */
  private personCalled(userId: string, number: PhoneNumber, template: Template | undefined): string {
    if (template?.category === 'AUTHENTICATION')
      throw new GraphError(131_062, { details: 'Business-scoped User ID (BSUID) recipients are not supported for this message.' });
    const phoneNumber = this.deps.recipients.calledBy(number.waba.portfolio.id, userId);
    if (phoneNumber === undefined) throw invalidBecause('Parameter recipient is not a user ID of this business portfolio.');
    return phoneNumber;
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

  /** Decides how it will go, which the answer says nothing of but that it is held. */
  private setOut(message: Message, inServiceWindow: boolean): void {
    const { journey, recipients, links, holdBack } = this.deps;
    const random = journey.randomFor(message);
    const behaviour = recipients.behaviourOf(message.to);
    const letOut = (fromMs: number): void => {
      const outlook = outlookOf(message, recipients.of(message.to), behaviour, inServiceWindow);
      if (outlook === 'silence') return;
      if (outlook !== undefined) return journey.fail(message, outlook, random, fromMs);
      const linked = message.call.media.find((m) => 'link' in m);
      if (linked === undefined) return journey.send(message, behaviour, random, fromMs);
      void links.fetch(linked.link).then((problem) => {
        if (problem === undefined) journey.send(message, behaviour, random, fromMs);
        else journey.fail(message, { code: 131_053, details: problem }, random, fromMs);
      });
    };
    if (holdBack.holds(message, random, letOut)) message.status = 'held_for_quality_assessment';
    else letOut(message.acceptedAtMs);
  }
}

function checkNumber(number: PhoneNumber, nowMs: number): void {
  if (number.waba.portfolio.underReview) throw new GraphError(368, { details: 'The business portfolio is under review' });
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
