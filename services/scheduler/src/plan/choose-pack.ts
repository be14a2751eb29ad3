import type { PlanPack, PlanRecipient } from './plan-inputs.js';

/** The packs of one date, ready to be asked for thousands of recipients. */
export interface PackShelf {
  /** Personal beats segment beats `all` beats the language's fallback; undefined when there is none. */
  packFor(recipient: Pick<PlanRecipient, 'language' | 'segments' | 'namedIn'>): PlanPack | undefined;
}

/** Of several packs for the same audience the one published last is meant; the id settles a tie, so that every replica agrees. */
const newestFirst = (a: PlanPack, b: PlanPack): number => b.publishedAtMs - a.publishedAtMs || (a.contentPackId < b.contentPackId ? -1 : 1);

/** A fallback made for this very date is closer than the one that serves any. */
const dated = (pack: PlanPack): boolean => pack.runDate !== undefined;

export function packShelf(packs: readonly PlanPack[]): PackShelf {
  const ranked = packs.toSorted(newestFirst);
  const byId = new Map(ranked.map((pack) => [pack.contentPackId, pack]));
  const rankOf = new Map(ranked.map((pack, rank) => [pack, rank]));
  const newest = (candidates: readonly PlanPack[]): PlanPack | undefined =>
    candidates.toSorted((a, b) => (rankOf.get(a) ?? 0) - (rankOf.get(b) ?? 0))[0];

  const forSegment = firstByKey(ranked, (pack) => (pack.audience === 'segment' ? `${pack.language}/${pack.segment}` : undefined));
  const forAll = firstByKey(ranked, (pack) => (pack.audience === 'all' ? pack.language : undefined));
  const fallback = firstByKey([...ranked.filter(dated), ...ranked.filter((pack) => !dated(pack))], (pack) =>
    pack.audience === 'fallback' ? pack.language : undefined,
  );

  return {
    packFor({ language, segments, namedIn }) {
      const personal = namedIn.map((id) => byId.get(id)).filter((pack) => pack?.language === language && pack.audience === 'recipients');
      return (
        newest(personal.filter((pack) => pack !== undefined)) ??
        newest(segments.map((segment) => forSegment.get(`${language}/${segment}`)).filter((pack) => pack !== undefined)) ??
        forAll.get(language) ??
        fallback.get(language)
      );
    },
  };
}

function firstByKey(packs: readonly PlanPack[], keyOf: (pack: PlanPack) => string | undefined): ReadonlyMap<string, PlanPack> {
  const first = new Map<string, PlanPack>();
  for (const pack of packs) {
    const key = keyOf(pack);
    if (key !== undefined && !first.has(key)) first.set(key, pack);
  }
  return first;
}
