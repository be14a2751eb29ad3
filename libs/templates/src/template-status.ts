/** As Meta writes them. */
export const TEMPLATE_STATUSES = [
  'APPROVED',
  'PENDING',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'DELETED',
  'LIMIT_EXCEEDED',
  'ARCHIVED',
] as const;
/** Meta's word, or that it is none we know. */
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number] | 'UNKNOWN';

/** Some sources answer in lower case; a word that is new to us is UNKNOWN, which is not sendable. */
export const templateStatusOf = (text: string): TemplateStatus => {
  const upper = text.trim().toUpperCase();
  return TEMPLATE_STATUSES.find((known) => known === upper) ?? 'UNKNOWN';
};

/** Only an approved template can be sent. */
export const isSendable = (status: TemplateStatus): boolean => status === 'APPROVED';

/** A template's quality score; UNKNOWN until Meta has seen enough of it. */
export const TEMPLATE_QUALITY_SCORES = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const;
export type TemplateQualityScore = (typeof TEMPLATE_QUALITY_SCORES)[number];

/** A word that is new to us is UNKNOWN. */
export const templateQualityScoreOf = (text: string): TemplateQualityScore => {
  const upper = text.trim().toUpperCase();
  return TEMPLATE_QUALITY_SCORES.find((known) => known === upper) ?? 'UNKNOWN';
};

/** Decides price and caps. */
export const TEMPLATE_CATEGORIES = ['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const;
export type TemplateCategory = (typeof TEMPLATE_CATEGORIES)[number];
