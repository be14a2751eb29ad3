/** One variable that is missing or wrong. Never carries the value: it may be a secret. */
export interface ConfigProblem {
  readonly name: string;
  readonly reason: string;
}
