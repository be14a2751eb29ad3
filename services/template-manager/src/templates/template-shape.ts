import { parseCommand } from '@daybreak/consent';
import { variablesOf } from '@daybreak/templates';

/** What a sender must know of a template to fill it. */
export interface TemplateShape {
  readonly bodyParameterNames: readonly string[];
  readonly namedParameters: boolean;
  readonly hasImageHeader: boolean;
  /** By the index of the quick-reply button. */
  readonly quickReplyPayloads: readonly string[];
}

/** A template's components, as Meta lists them. */
export interface ListedComponent {
  readonly type: string;
  readonly format?: string | undefined;
  readonly text?: string | undefined;
  readonly buttons?: readonly { readonly type: string; readonly text?: string | undefined }[] | undefined;
}

export function shapeOf(components: readonly ListedComponent[], parameterFormat: string | undefined): TemplateShape {
  const ofType = (type: string): ListedComponent | undefined => components.find((component) => component.type.toUpperCase() === type);
  const quickReplies = (ofType('BUTTONS')?.buttons ?? []).filter((button) => button.type.toUpperCase() === 'QUICK_REPLY');
  return {
    bodyParameterNames: variablesOf(ofType('BODY')?.text ?? ''),
    namedParameters: parameterFormat?.toUpperCase() === 'NAMED',
    hasImageHeader: ofType('HEADER')?.format?.toUpperCase() === 'IMAGE',
    quickReplyPayloads: quickReplies.map((button) => payloadOf(button.text ?? '')),
  };
}

/** A button that is labelled like a command is that command; any other asks for the rest of the pack. Language-free, unlike its label. */
const payloadOf = (label: string): string => `daybreak.${parseCommand(label)?.kind ?? 'pack'}`;
