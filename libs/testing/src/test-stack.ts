import type { TestStack, TestStackOptions } from './real-stores.js';

/**
 * A namespace in the stack that start-stack.mjs started, with topics, schemas and roles. Call `stop()` at the end.
 * Drivers are loaded only here, so that unit tests, which want factories, do not pay for them.
 */
export async function testStack(options: TestStackOptions): Promise<TestStack> {
  const { openTestStack } = await import('./open-test-stack.js');
  return openTestStack(options);
}
