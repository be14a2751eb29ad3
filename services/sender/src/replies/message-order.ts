/** What an operator asks for: one message, now, to one person who agreed. */
export interface MessageOrder {
  readonly recipientId: string;
  /** Of an allow-listed test recipient, to whom nothing was ever delivered. In clear only until it is sealed. */
  readonly address: string | undefined;
  /** Absent: the shard that the recipient was last sent to from, or else the first that can send. */
  readonly shardId: string | undefined;
  readonly template: {
    readonly name: string;
    readonly language: string;
    /** By name, or in the order of the variables. */
    readonly bodyParameters: Readonly<Record<string, string>> | readonly string[];
    /** Of the header. */
    readonly imageUrl: string | null;
  };
}
