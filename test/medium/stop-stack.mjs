/** Stops what start-stack.mjs started. */
export default async function stopStackForTests() {
  await globalThis.__daybreakTestStack?.stop();
}
