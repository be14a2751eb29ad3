/** This process among the sender's pods. */
export interface Pod {
  /** Unique to this process, not to its pod: a restarted pod must not renew what its dead predecessor held. */
  readonly owner: string;
  /** Place in the StatefulSet; a place beyond the last shard makes it a spare. Absent: a spare. */
  readonly ordinal: number | undefined;
}

/** Injection token of `Pod`. */
export const POD = Symbol('POD');
