/** The bound of a wait, real ms. */
export interface EventuallyOptions {
  /** How long the assertion may keep failing, ms. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Repeats an assertion until it holds; after the bound, fails with what it said last. Never `sleep` in a test. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 25 }: EventuallyOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
