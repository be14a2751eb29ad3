import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { aRun } from '../../test/run.factory.js';
import { figuresOf } from './figures.js';
import { runViewOf, type RunView } from './run-view.js';
import { watchRun, type WatchMessage } from './watch-run.js';

const run = aRun();
const viewAt = (nowMs: number, planned = 850): RunView =>
  runViewOf({
    ...{ run: aRun({ planned }), figures: figuresOf(aRun({ planned }), [], nowMs), groups: [], projection: { onTime: 0, ratio: 0 } },
    ...{ reports: [], states: [], seals: [], nowMs, speed: 1 },
  });
const EVENING = run.window.freezeAt - 3_600_000;

describe(watchRun.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** What was heard so far, of a run that looks as `next` says. */
  const watch = (next: () => RunView | undefined): { heard: WatchMessage[]; leave: () => void } => {
    const heard: WatchMessage[] = [];
    const subscription = watchRun(async () => next()).subscribe((message) => heard.push(message));
    return { heard, leave: () => subscription.unsubscribe() };
  };

  it('speaks at once, and again only when something changed', async () => {
    let view = viewAt(EVENING);
    const { heard, leave } = watch(() => view);

    await jest.advanceTimersByTimeAsync(1_000);
    expect(heard).toHaveLength(1);
    view = viewAt(EVENING, 851);
    await jest.advanceTimersByTimeAsync(1_000);
    leave();

    expect(heard.map((message) => (message.data as RunView).planned)).toEqual([850, 851]);
  });

  it('goes with the clock while the window is near', async () => {
    let nowMs = run.window.opensAt;
    const { heard, leave } = watch(() => viewAt((nowMs += 200)));

    await jest.advanceTimersByTimeAsync(1_000);
    leave();

    expect(heard.length).toBeGreaterThanOrEqual(5);
  });

  it('says that it is still there when nothing happens', async () => {
    const { heard, leave } = watch(() => viewAt(EVENING));

    await jest.advanceTimersByTimeAsync(16_000);
    leave();

    expect(heard.map((message) => message.type)).toEqual(['run', 'still']);
  });

  it('waits for a run that nobody knows yet, and stops looking when nobody listens', async () => {
    let looks = 0;
    const { heard, leave } = watch(() => ((looks += 1), undefined));

    await jest.advanceTimersByTimeAsync(1_000);
    leave();
    const looked = looks;
    await jest.advanceTimersByTimeAsync(1_000);

    expect(heard).toEqual([]);
    expect(looks).toBe(looked);
  });
});
