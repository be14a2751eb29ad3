import type { TemplateCategory, TemplateDraft } from '@daybreak/templates';

/** One version of one family in one language, as we would submit it. */
export interface PreparedTemplate {
  readonly family: string;
  readonly version: string;
  /** Without a header: its sample is uploaded first. */
  readonly draft: Omit<TemplateDraft, 'header'>;
  /** Path of the header's sample; undefined for a template without an image header. */
  readonly headerImage: string | undefined;
}

/** The families that are watched, and everything of them that we would submit. */
export interface Families {
  readonly names: ReadonlySet<string>;
  /** Every pair somebody expects to be sendable. */
  readonly languages: readonly FamilyLanguage[];
  readonly prepared: readonly PreparedTemplate[];
  /** The category we reckon with; undefined for a family that is not ours. */
  categoryOf(family: string): TemplateCategory | undefined;
}

export interface FamilyLanguage {
  readonly family: string;
  readonly language: string;
}
