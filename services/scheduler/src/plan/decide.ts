import { mayReceive, type Consent } from '@daybreak/consent';
import type { PackShelf } from './choose-pack.js';
import type { DeliveryModeName, ExclusionReason, PlanPack, PlanRecipient, PlanTemplate } from './plan-inputs.js';

/** What one recipient gets, or why nothing. Where from and when is decided later, over all of them. */
export type Decision =
  | {
      readonly kind: 'planned';
      readonly pack: PlanPack;
      readonly template: PlanTemplate;
      readonly standby: PlanTemplate | undefined;
      readonly addressKey: string;
      /** Values by the template's parameter names, and no others. */
      readonly parameters: Readonly<Record<string, string>>;
      /** Not due before it, epoch ms; undefined when any instant of the window will do. */
      readonly notBeforeMs: number | undefined;
    }
  | { readonly kind: 'excluded'; readonly reason: ExclusionReason };

/** The same for everyone in the run. */
export interface DecisionRules {
  readonly shelf: PackShelf;
  readonly templates: readonly PlanTemplate[];
  readonly familyOf: Readonly<Record<DeliveryModeName, string>>;
  /** Consent must hold when the window opens, epoch ms. */
  readonly opensAt: number;
  /** First attempts are due before it, epoch ms. */
  readonly firstAttemptsEndAt: number;
}

const PURPOSE = 'content';

/** Meta's cap on what one person gets is one on marketing. */
const CAPPED_CATEGORY = 'MARKETING';

const excluded = (reason: ExclusionReason): Decision => ({ kind: 'excluded', reason });

export function decide(recipient: PlanRecipient, rules: DecisionRules): Decision {
  if (!mayReceive(recipient.consent, PURPOSE, rules.opensAt)) return excluded(refusalOf(recipient.consent));
  if (recipient.addressKey === undefined) return excluded('no-address');

  const pack = rules.shelf.packFor(recipient);
  if (pack === undefined) return excluded('no-pack');

  const family = rules.templates.filter((t) => t.family === rules.familyOf[recipient.deliveryMode]);
  if (family.length === 0 && recipient.deliveryMode === 'nudge') return excluded('mode-not-supported');
  const inLanguage = family.filter((t) => t.language === recipient.language);
  const template = inLanguage.find((t) => t.role === 'active');
  if (template === undefined) return excluded('no-template');

  if (!hasAllValues(template, pack, recipient)) return excluded('missing-parameter');
  const notBeforeMs = template.category === CAPPED_CATEGORY ? recipient.cappedUntilMs : undefined;
  if (notBeforeMs !== undefined && notBeforeMs >= rules.firstAttemptsEndAt) return excluded('user-cap');
  const standby = inLanguage.find((t) => t.role === 'standby' && hasAllValues(t, pack, recipient));
  const parameters = parametersOf([template, standby], pack, recipient.bodyParameters);
  return { kind: 'planned', pack, template, standby, addressKey: recipient.addressKey, parameters, notBeforeMs };
}

function refusalOf(consent: Consent): ExclusionReason {
  switch (consent[PURPOSE]?.state) {
    case 'opted_out':
      return 'opted-out';
    case 'paused':
      return 'paused';
    case 'opted_in':
    case undefined:
      return 'no-consent';
  }
}

/** Meta refuses a message that lacks a value, so it is better not planned. */
const hasAllValues = (template: PlanTemplate, pack: PlanPack, recipient: PlanRecipient): boolean => {
  const values = parametersOf([template], pack, recipient.bodyParameters);
  return template.bodyParameterNames.every((name) => values[name] !== undefined && values[name] !== '');
};

/**
 * Values by name, for the template and for the standby that the sender may have to switch to at any moment; no others.
 * The recipient's own value wins over the pack's.
 */
export function parametersOf(
  templates: readonly (PlanTemplate | undefined)[],
  pack: Pick<PlanPack, 'bodyParameters'>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Readonly<Record<string, string>> = { ...pack.bodyParameters, ...own };
  const names = new Set(templates.flatMap((template) => template?.bodyParameterNames ?? []));
  return Object.fromEntries([...names].flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}
