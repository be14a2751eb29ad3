export type PackPart =
  | {
      readonly kind: 'image';
      readonly url: string;
      readonly sha256: string;
      readonly mediaType: string;
      readonly sizeBytes: number;
      readonly isHeader: boolean;
    }
  | { readonly kind: 'text'; readonly text: string };

export interface Pack {
  readonly contentPackId: string;
  /** Null for a fallback pack, which serves any date. */
  readonly runDate: string | null;
  readonly parts: readonly PackPart[];
}
