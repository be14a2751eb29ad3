import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldConsent, mayReceive, PURPOSES, type ConsentEvent } from './consent.js';

const content = (change: ConsentEvent['change'], atMs: number, untilMs?: number): ConsentEvent => ({
  purpose: 'content',
  change,
  atMs,
  ...(untilMs === undefined ? {} : { untilMs }),
});

const bySwitch = (change: 'stop' | 'resume', atMs: number): ConsentEvent => ({ ...content(change, atMs), bySwitch: true });

const anEvent: fc.Arbitrary<ConsentEvent> = fc
  .record({
    purpose: fc.constantFrom(...PURPOSES),
    change: fc.constantFrom<ConsentEvent['change']>('start', 'stop', 'pause', 'resume'),
    atMs: fc.integer({ min: 0, max: 20 }), // few instants, so that ties happen
    untilMs: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    bySwitch: fc.boolean(),
  })
  .map(({ untilMs, ...event }) => (event.change === 'pause' && untilMs !== undefined ? { ...event, untilMs } : event));

describe('consent', () => {
  it.each([
    ['nothing said is a no', [], false],
    ['a yes is a yes', [content('start', 1)], true],
    ['the newest wins: stop after start', [content('start', 1), content('stop', 2)], false],
    ['the newest wins: start after stop', [content('stop', 1), content('start', 2)], true],
    ['stop beats a simultaneous start', [content('stop', 1), content('start', 1)], false],
    ['a pause is a no', [content('start', 1), content('pause', 2)], false],
    ['a pause with an end is over then', [content('start', 1), content('pause', 2, 100)], true],
    ['a pause with an end is a no before', [content('start', 1), content('pause', 2, 101)], false],
    ['a resume ends a pause', [content('start', 1), content('pause', 2), content('resume', 3)], true],
    ['a resume does not undo a stop', [content('start', 1), content('stop', 2), content('resume', 3)], false],
    ['a pause that ends does not undo a stop', [content('start', 1), content('stop', 2), content('pause', 3, 50)], false],
    ['a pause is no opt-in', [content('pause', 2, 50)], false],
    ['a pause that was over when it was asked for is none', [content('start', 1), content('pause', 20, 10)], true],
    ['nor does it end one that holds', [content('start', 1), content('pause', 2), content('pause', 20, 10)], false],
    ['WhatsApp’s switch, off, is a no', [content('start', 1), bySwitch('stop', 2)], false],
    ['WhatsApp’s switch, on again, gives back a yes', [content('start', 1), bySwitch('stop', 2), bySwitch('resume', 3)], true],
    ['… but is no yes of somebody who never said one', [bySwitch('stop', 2), bySwitch('resume', 3)], false],
    ['… not even without having been off', [bySwitch('resume', 3)], false],
    ['… nor undoes a stop before it', [content('start', 1), content('stop', 2), bySwitch('stop', 3), bySwitch('resume', 4)], false],
    ['… nor one while it was off', [content('start', 1), bySwitch('stop', 2), content('stop', 3), bySwitch('resume', 4)], false],
    ['… nor a pause', [content('start', 1), content('pause', 2), bySwitch('stop', 3), bySwitch('resume', 4)], false],
    [
      '… nor a pause, heard twice',
      [content('start', 1), content('pause', 2), bySwitch('stop', 3), bySwitch('resume', 4), bySwitch('resume', 4)],
      false,
    ],
    ['a start counts although WhatsApp’s switch was off', [content('start', 1), bySwitch('stop', 2), content('start', 3)], true],
    ['a resume does not turn WhatsApp’s switch on', [content('start', 1), bySwitch('stop', 2), content('resume', 3)], false],
    ['a start ends a pause', [content('start', 1), content('pause', 2), content('start', 3)], true],
  ])('%s', (_, events, may) => {
    expect(mayReceive(foldConsent(events), 'content', 100)).toBe(may);
  });

  it('keeps purposes apart', () => {
    const consent = foldConsent([content('start', 1), { purpose: 'marketing', change: 'stop', atMs: 2 }]);

    expect(PURPOSES.map((purpose) => mayReceive(consent, purpose, 100))).toEqual([true, false, false]);
  });

  it('does not depend on the order in which events arrive, nor on repetition', () => {
    fc.assert(
      fc.property(
        fc
          .array(anEvent, { maxLength: 12 })
          .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))),
        ([events, shuffled]) => {
          expect(foldConsent([...shuffled, ...events])).toEqual(foldConsent(events));
          for (const purpose of PURPOSES)
            if (!events.some((event) => event.purpose === purpose && event.change === 'start'))
              expect(mayReceive(foldConsent(events), purpose, 50)).toBe(false); // in by a recorded opt-in only
        },
      ),
    );
  });

  it('lets the newest yes or no decide, and a stop of the same instant', () => {
    const yesOrNo = anEvent.filter(({ purpose, change }) => purpose === 'content' && (change === 'start' || change === 'stop'));
    fc.assert(
      fc.property(fc.array(yesOrNo, { minLength: 1, maxLength: 12 }), (events) => {
        const newestMs = Math.max(...events.map(({ atMs }) => atMs));
        const lastWords = events.filter(({ atMs }) => atMs === newestMs).map(({ change }) => change);

        expect(mayReceive(foldConsent(events), 'content', newestMs)).toBe(!lastWords.includes('stop'));
      }),
    );
  });

  it('pauses until the very instant that was said, and not for a yes that was never given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), fc.boolean(), (untilMs, atMs, saidYes) => {
        const consent = foldConsent([...(saidYes ? [content('start', 0)] : []), content('pause', 1, untilMs)]);

        expect(mayReceive(consent, 'content', atMs)).toBe(saidYes && atMs >= untilMs);
      }),
    );
  });

  it('never allows anything after a stop that nothing later undoes', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 12 }), fc.integer({ min: 0, max: 100 }), (events, atMs) => {
        const consent = foldConsent([...events, content('stop', 20)]);

        expect(mayReceive(consent, 'content', atMs)).toBe(false);
      }),
    );
  });
});
