export { isSendable, templateQualityScoreOf, templateStatusOf } from './template-status.js';
export { TEMPLATE_CATEGORIES, TEMPLATE_QUALITY_SCORES, TEMPLATE_STATUSES } from './template-status.js';
export type { TemplateCategory, TemplateQualityScore, TemplateStatus } from './template-status.js';
export { selectActive, type Selection, type TemplateVersion } from './select-active.js';
export { lintTemplate, type TemplateDraft, type TemplateHeader, type TemplateText } from './lint.js';
export type { TemplateButton } from './lint-buttons.js';
export { variablesOf } from './template-variables.js';
export { categoryDrift, type CategoryDrift, type ObservedCategory } from './category-drift.js';
