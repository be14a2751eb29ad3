/** What a webhook says of one template. Absent members were not said. */
export interface TemplateChange {
  readonly status?: string;
  readonly qualityScore?: string;
  readonly category?: string;
  readonly correctCategory?: string;
}
