import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ConsentChangedSchema, ConsentState } from '@daybreak/contracts';
import { describe, expect, it } from '@jest/globals';
import { optOutsOf } from './opt-out.mapper.js';

const AT = Date.UTC(2026, 10, 22, 0, 30, 10);
const consent = (purpose: string, state: ConsentState, sinceMs: number) =>
  create(ConsentChangedSchema, { recipientId: 'advisor-1', purposes: [{ purpose, state, since: timestampFromMs(sinceMs) }] });

describe(optOutsOf.name, () => {
  it.each([
    ['an opt-out', ConsentState.OPTED_OUT],
    ['a pause', ConsentState.PAUSED],
  ])('takes %s of content', (_, state) => {
    expect(optOutsOf(consent('content', state, AT + 1))).toEqual([{ recipientId: 'advisor-1', optedOutAt: AT + 1 }]);
  });

  it('takes a stamp of whole seconds for the end of its second: who was written to within it had not said no before', () => {
    expect(optOutsOf(consent('content', ConsentState.OPTED_OUT, AT))).toEqual([{ recipientId: 'advisor-1', optedOutAt: AT + 999 }]);
  });

  it.each([
    ['a yes', 'content', ConsentState.OPTED_IN],
    ['another purpose', 'marketing', ConsentState.OPTED_OUT],
  ])('leaves %s', (_, purpose, state) => {
    expect(optOutsOf(consent(purpose, state, AT))).toEqual([]);
  });
});
