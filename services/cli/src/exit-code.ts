/** How a command ends, for scripts. Documented in the README; a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  /** The service refused, or could not do it. */
  failed: 1,
  /** The command line or its environment is wrong; nothing was asked of a service. */
  usage: 2,
  /** No token, a wrong one, or one without the role that this needs. */
  notAllowed: 3,
  /** Nobody answered, or the service could not reach what it stands on. It may help to try again. */
  unreachable: 4,
  /** Asked, answered, and the answer is bad: what a check found. */
  unwell: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message and a code. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** The service's own problem document, for `--json`. */
    readonly problem?: unknown,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

export const exitCodeOf = (status: number): ExitCode => {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  return status === 502 || status === 503 || status === 504 ? EXIT.unreachable : EXIT.failed;
};
