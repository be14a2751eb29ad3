import type { LedgerLine } from './ledger.js';

/** A line of the ledger for specs: a request of number 400 that was answered with 200, unless told otherwise. */
export const aLedgerLine = (over: Partial<LedgerLine> & Pick<LedgerLine, 'seq' | 'atMs'>): LedgerLine => ({
  kind: 'request',
  realAtMs: undefined,
  phoneNumberId: '400',
  to: undefined,
  from: undefined,
  reference: undefined,
  template: undefined,
  code: undefined,
  accepted: undefined,
  status: undefined,
  text: undefined,
  stampMs: undefined,
  answer: 200,
  ...over,
});
