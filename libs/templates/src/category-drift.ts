import type { TemplateCategory } from './template-status.js';

/** A template’s category is not, or will not be, the one it was submitted with. */
export interface CategoryDrift {
  readonly from: TemplateCategory;
  readonly to: TemplateCategory;
  /** Meta announced it and has not done it yet. */
  readonly impending: boolean;
  /** Dearer, capped per person and paced: a run must not start on it unseen. */
  readonly stopsRun: boolean;
}

/** What Meta says of a template's category now. */
export interface ObservedCategory {
  readonly category: TemplateCategory;
  /** The category it will become, when Meta says so before doing it. */
  readonly correctCategory?: TemplateCategory | undefined;
}

/** Has the category left the one that we submitted and reckon with, or is it about to? */
export function categoryDrift(submitted: TemplateCategory, observed: ObservedCategory): CategoryDrift | undefined {
  const drift = (to: TemplateCategory, impending: boolean): CategoryDrift => ({
    from: submitted,
    to,
    impending,
    stopsRun: submitted === 'UTILITY' && to === 'MARKETING',
  });
  if (observed.category !== submitted) return drift(observed.category, false);
  if (observed.correctCategory !== undefined && observed.correctCategory !== submitted) return drift(observed.correctCategory, true);
  return undefined;
}
