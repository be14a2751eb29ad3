import { invalid } from '@daybreak/kernel';
import type { MessageRequest, TemplateComponentParameters } from '../client/wire.js';

/** Meta takes media by the id of an upload made by the same phone number, or fetches a link itself. */
export type MediaSource = { readonly id: string } | { readonly link: string };

interface Addressed {
  /** E.164; the plus is added when it is missing. */
  readonly to: string;
  /** The client reference, at most 512 characters: comes back in every status of the message. */
  readonly biz_opaque_callback_data?: string | undefined;
  /** The message this one quotes. */
  readonly replyToWamid?: string | undefined;
}

/** An approved template with what fills it. May be sent outside the service window too. */
export interface TemplateMessage extends Addressed {
  readonly template: string;
  /** Exactly as the template has it: `en`, `hi`, `mr`. */
  readonly language: string;
  readonly headerImageId?: string | undefined;
  /** Any other header. */
  readonly header?: TemplateHeader | undefined;
  /** By position, or by name for templates with named parameters. */
  readonly bodyParameters?: readonly string[] | Readonly<Record<string, string>> | undefined;
  readonly buttons?: readonly TemplateButton[] | undefined;
}

/** What fills the header of a template. */
export type TemplateHeader =
  | { readonly type: 'image' | 'video'; readonly media: MediaSource }
  | { readonly type: 'document'; readonly media: MediaSource; readonly filename?: string }
  | { readonly type: 'text'; readonly text: string };

/** What fills a button of a template; `index` counts from 0 over all its buttons. */
export type TemplateButton =
  | { readonly index: number; readonly type: 'quick_reply'; readonly payload: string }
  | { readonly index: number; readonly type: 'url'; readonly suffix: string };

const E164 = /^\+?[1-9]\d{6,14}$/;
const MAX_REFERENCE_LENGTH = 512;

/** Without its plus Meta reads a number as local to the sender’s country: an Indian sender and 16315551234 make +9116315551234. */
export function toE164(to: string): string {
  if (!E164.test(to)) throw invalid({ field: 'to', reason: 'not an E.164 phone number' });
  return to.startsWith('+') ? to : `+${to}`;
}

function addressed({ to, biz_opaque_callback_data: reference, replyToWamid }: Addressed) {
  if (reference !== undefined && reference.length > MAX_REFERENCE_LENGTH)
    throw invalid({ field: 'biz_opaque_callback_data', reason: `longer than ${MAX_REFERENCE_LENGTH} characters` });
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: toE164(to),
    ...(replyToWamid === undefined ? {} : { context: { message_id: replyToWamid } }),
    ...(reference === undefined ? {} : { biz_opaque_callback_data: reference }),
  } as const;
}

/** A template message: the only kind allowed outside the service window. */
export function templateMessage(message: TemplateMessage): MessageRequest {
  const components = componentsOf(message);
  return {
    ...addressed(message),
    type: 'template',
    template: {
      name: message.template,
      language: { code: message.language },
      // A template without variables wants no components at all, not empty ones.
      ...(components.length === 0 ? {} : { components }),
    },
  };
}

function componentsOf(message: TemplateMessage): TemplateComponentParameters[] {
  const components: TemplateComponentParameters[] = [];
  const header =
    message.header ?? (message.headerImageId === undefined ? undefined : { type: 'image' as const, media: { id: message.headerImageId } });
  if (header) components.push({ type: 'header', parameters: [headerParameter(header)] });
  const body = bodyParametersOf(message.bodyParameters ?? []);
  if (body.length > 0) components.push({ type: 'body', parameters: body });
  for (const button of message.buttons ?? []) {
    components.push({
      type: 'button',
      sub_type: button.type,
      index: String(button.index),
      parameters: [button.type === 'url' ? { type: 'text', text: button.suffix } : { type: 'payload', payload: button.payload }],
    });
  }
  return components;
}

function headerParameter(header: TemplateHeader) {
  switch (header.type) {
    case 'text':
      return { type: 'text' as const, text: header.text };
    case 'image':
      return { type: 'image' as const, image: header.media };
    case 'video':
      return { type: 'video' as const, video: header.media };
    case 'document':
      return {
        type: 'document' as const,
        document: { ...header.media, ...(header.filename === undefined ? {} : { filename: header.filename }) },
      };
  }
}

const bodyParametersOf = (parameters: readonly string[] | Readonly<Record<string, string>>) =>
  isPositional(parameters)
    ? parameters.map((text) => ({ type: 'text' as const, text }))
    : Object.entries(parameters).map(([name, text]) => ({ type: 'text' as const, parameter_name: name, text }));

const isPositional = (parameters: readonly string[] | Readonly<Record<string, string>>): parameters is readonly string[] =>
  Array.isArray(parameters);

const limited = (field: string, text: string, max: number): string => {
  if (text === '' || text.length > max) throw invalid({ field, reason: `must have 1 to ${max} characters` });
  return text;
};

/** Free text, inside the service window only. */
export const textMessage = (message: Addressed & { readonly body: string; readonly previewUrl?: boolean }): MessageRequest => ({
  ...addressed(message),
  type: 'text',
  text: { body: limited('body', message.body, 4_096), preview_url: message.previewUrl ?? false },
});

/** An image, inside the service window only. */
export const imageMessage = (message: Addressed & { readonly image: MediaSource; readonly caption?: string }): MessageRequest => ({
  ...addressed(message),
  type: 'image',
  image: { ...message.image, ...(message.caption === undefined ? {} : { caption: limited('caption', message.caption, 1_024) }) },
});

/** A button under a message; its id comes back when it is tapped. */
export interface ReplyButton {
  readonly id: string;
  readonly title: string;
}

/** Up to three buttons, inside the service window only. */
export function buttonsMessage(
  message: Addressed & { readonly body: string; readonly footer?: string; readonly buttons: readonly ReplyButton[] },
): MessageRequest {
  if (message.buttons.length < 1 || message.buttons.length > 3) throw invalid({ field: 'buttons', reason: 'must be 1 to 3' });
  return {
    ...addressed(message),
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: limited('body', message.body, 1_024) },
      ...(message.footer === undefined ? {} : { footer: { text: limited('footer', message.footer, 60) } }),
      action: {
        buttons: message.buttons.map(({ id, title }, i) => ({
          type: 'reply' as const,
          reply: { id: limited(`buttons[${i}].id`, id, 256), title: limited(`buttons[${i}].title`, title, 20) },
        })),
      },
    },
  };
}

/** Rows under a title; the id of the row that is chosen comes back. */
export interface ListSection {
  readonly title?: string;
  readonly rows: readonly { readonly id: string; readonly title: string; readonly description?: string }[];
}

/** A list of up to ten rows behind one button, inside the service window only. */
export function listMessage(
  message: Addressed & { readonly body: string; readonly button: string; readonly sections: readonly ListSection[] },
): MessageRequest {
  const rows = message.sections.reduce((sum, section) => sum + section.rows.length, 0);
  if (rows < 1 || rows > 10) throw invalid({ field: 'sections', reason: 'must have 1 to 10 rows in all' });
  if (message.sections.length > 1 && message.sections.some((section) => section.title === undefined))
    throw invalid({ field: 'sections', reason: 'each needs a title when there are several' });
  return {
    ...addressed(message),
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: limited('body', message.body, 4_096) },
      action: {
        button: limited('button', message.button, 20),
        sections: message.sections.map((section, s) => ({
          ...(section.title === undefined ? {} : { title: limited(`sections[${s}].title`, section.title, 24) }),
          rows: section.rows.map((row, r) => ({
            id: limited(`sections[${s}].rows[${r}].id`, row.id, 200),
            title: limited(`sections[${s}].rows[${r}].title`, row.title, 24),
            ...(row.description === undefined
              ? {}
              : { description: limited(`sections[${s}].rows[${r}].description`, row.description, 72) }),
          })),
        })),
      },
    },
  };
}

/** Marks an inbound message as read; optionally shows that somebody is typing (for at most 25 s). */
export const readReceipt = (wamid: string, typing = false) => ({
  messaging_product: 'whatsapp' as const,
  status: 'read' as const,
  message_id: wamid,
  ...(typing ? { typing_indicator: { type: 'text' as const } } : {}),
});
