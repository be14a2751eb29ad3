import type { OfTemplate } from './common.js';

/** Meta approved, rejected, paused, disabled … a template. */
export interface TemplateStatusEvent extends OfTemplate {
  readonly kind: 'template-status';
  /** APPROVED, REJECTED, PAUSED, DISABLED, FLAGGED … upper case. Unknown words: not sendable. */
  readonly status: string;
  /** Null when Meta gives none, or `NONE`. */
  readonly reason: string | null;
  readonly category: string | null;
  /** FIRST_PAUSE, SECOND_PAUSE, RATE_LIMITING_PAUSE, UNPAUSE, DISABLED. */
  readonly pauseTitle: string | null;
  readonly pauseDescription: string | null;
  readonly disableDate: string | null;
  /** Meta's explanation of a rejection, and what it advises. */
  readonly rejectionReason: string | null;
  readonly rejectionAdvice: string | null;
}

/** The quality score of a template changed: GREEN, YELLOW, RED, UNKNOWN. */
export interface TemplateQualityEvent extends OfTemplate {
  readonly kind: 'template-quality';
  readonly previousScore: string | null;
  readonly newScore: string | null;
}

/** The category of a template was changed, or will be. */
export interface TemplateCategoryEvent extends OfTemplate {
  readonly kind: 'template-category';
  readonly previousCategory: string | null;
  readonly newCategory: string | null;
  /** What it will become; set in the warning, before it does. */
  readonly correctCategory: string | null;
  readonly effectiveAtMs: number | null;
}

/** A button of a template as it is now. */
export interface TemplateButtonText {
  readonly type: string | null;
  readonly text: string | null;
  readonly url: string | null;
  readonly phoneNumber: string | null;
}

/** Components were edited: the texts as they are now. Read the template for examples and formats. */
export interface TemplateComponentsEvent extends OfTemplate {
  readonly kind: 'template-components';
  readonly headerText: string | null;
  readonly bodyText: string | null;
  readonly footerText: string | null;
  readonly buttons: readonly TemplateButtonText[];
}
