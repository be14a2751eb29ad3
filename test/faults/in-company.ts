import type { FaultContext } from './context.js';

/** A store that another fault took away is waited for so long, real ms. */
const STORE_IS_BACK_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 200;

/**
 * The same morning for a fault that strikes while another does. It looks at stores when they are there again; and what it then cannot prove, or what is not
 * as it would be alone, is told and held against nobody: the invariants still are.
 */
export function inCompany(context: FaultContext): FaultContext {
  const sql = async (...question: Parameters<FaultContext['sql']>): Promise<unknown[]> => {
    const giveUpAtMs = performance.now() + STORE_IS_BACK_WITHIN_MS;
    for (;;) {
      try {
        return await context.sql(...question);
      } catch (error) {
        if (performance.now() > giveUpAtMs) throw error;
        await context.realSeconds(ASK_AGAIN_MS / 1_000);
      }
    }
  };
  const bit = (what: string, really: boolean): void =>
    really ? context.bit(what, true) : context.note(`beside another fault it did not bite: ${what}`);
  const demand = (what: string, holds: boolean): void => void (holds || context.note(`beside another fault not so: ${what}`));
  return Object.create(context, { sql: { value: sql }, bit: { value: bit }, demand: { value: demand } }) as FaultContext;
}
