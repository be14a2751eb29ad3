import type { TemplateSettings } from '../settings/account-settings.js';
import { textOf } from './json.js';
import type { Pacing } from './pacing.js';
import type { QualityColour, QualityScore } from './quality.js';

export interface Template {
  readonly id: string;
  readonly wabaId: string;
  readonly name: string;
  readonly language: string;
  category: TemplateSettings['category'];
  previousCategory: TemplateSettings['category'] | undefined;
  parameterFormat: TemplateSettings['parameterFormat'];
  status: TemplateSettings['status'];
  rejectedReason: string;
  components: readonly TemplateComponent[];
  shape: TemplateShape;
  qualityScore: QualityColour;
  qualityScoreAtMs: number;
  readonly quality: QualityScore;
  /** Pauses so far for low quality: the third disables. */
  pauses: number;
  /** A pacing pause ends by hand only. */
  pausedByPacing: boolean;
  pacing: Pacing | undefined;
  readonly editsAtMs: number[];
  /** Marketing Messages API needs up to ten minutes after a change, epoch ms. */
  syncedAtMs: number;
  messageSendTtlSeconds: number | undefined;
  /** What the next change is for: an answer of an outdated review is dropped. */
  revision: number;
}

export type TemplateComponent = Readonly<Record<string, unknown>>;

export interface TemplateButton {
  readonly type: string;
  readonly text: string;
  /** A URL button whose address ends in a variable, or a code to copy. */
  readonly hasVariable: boolean;
}

/** What a message must bring along for a template. */
export interface TemplateShape {
  readonly header: 'none' | 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'LOCATION' | 'GIF';
  readonly headerVariables: readonly string[];
  readonly body: string;
  readonly bodyVariables: readonly string[];
  readonly buttons: readonly TemplateButton[];
}

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** Names (or numbers) of the variables of a text, each once, in order of appearance. */
export const variablesOf = (text: string): string[] => [...new Set([...text.matchAll(VARIABLE)].map((match) => match[1] as string))];

const typed = (components: readonly TemplateComponent[], type: string): TemplateComponent | undefined =>
  components.find((c) => textOf(c['type']).toUpperCase() === type);

export function shapeOf(components: readonly TemplateComponent[]): TemplateShape {
  const header = typed(components, 'HEADER');
  const body = textOf(typed(components, 'BODY')?.['text']);
  const buttons = typed(components, 'BUTTONS')?.['buttons'];
  return {
    header: header === undefined ? 'none' : (textOf(header['format']).toUpperCase() as TemplateShape['header']),
    headerVariables: variablesOf(textOf(header?.['text'])),
    body,
    bodyVariables: variablesOf(body),
    buttons: (Array.isArray(buttons) ? (buttons as TemplateComponent[]) : []).map((button) => ({
      type: textOf(button['type']).toUpperCase(),
      text: textOf(button['text']),
      hasVariable: textOf(button['type']).toUpperCase() === 'COPY_CODE' || variablesOf(textOf(button['url'])).length > 0,
    })),
  };
}
