/** An operator's word: on one shard, or on all. */
export interface Control {
  /** Nothing starts, not even what is claimed or critical. */
  readonly paused: boolean;
  /** What is claimed is finished, nothing new is claimed, and what waits goes to the other numbers. */
  readonly draining: boolean;
  /** Messages per second; null: as the number allows. */
  readonly maxRate: number | null;
  readonly reason: string;
  readonly actor: string;
  readonly updatedAtMs: number;
}

/** What holds on a shard: the stricter of what was said of it and of everybody, whoever said it. */
export function strictest(ofShard: Control | undefined, ofEverybody: Control | undefined): Control | undefined {
  if (!ofShard || !ofEverybody) return ofShard ?? ofEverybody;
  const [loud, other] = severity(ofEverybody) >= severity(ofShard) ? [ofEverybody, ofShard] : [ofShard, ofEverybody];
  return {
    ...loud,
    paused: loud.paused || other.paused,
    draining: loud.draining || other.draining,
    maxRate: lower(loud.maxRate, other.maxRate),
  };
}

/** Whose reason is given. */
const severity = ({ paused, draining }: Control): number => (paused ? 2 : draining ? 1 : 0);

const lower = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));
