import { describe, expect, it } from '@jest/globals';
import { Watchdog, type WorkerSigns } from './watchdog.js';

const owing: WorkerSigns = { running: true, active: 0, waiting: 3 };

describe(Watchdog.name, () => {
  it('gives up on a worker that leaves jobs waiting beyond its patience', () => {
    const sut = new Watchdog(1_000);

    sut.observe(owing, 0);
    sut.observe(owing, 900);

    expect(sut.isDead(1_000)).toBe(false);
    expect(sut.isDead(1_001)).toBe(true);
  });

  it.each([
    ['there is nothing to do', { ...owing, waiting: 0 }],
    ['it is busy', { ...owing, active: 1 }],
    ['it is paused', { ...owing, running: false }],
  ])('is patient when %s', (_, signs) => {
    const sut = new Watchdog(1_000);

    sut.observe(owing, 0);
    sut.observe(signs, 500);

    expect(sut.isDead(5_000)).toBe(false);
  });

  it('takes every job it picks up for a sign of life', () => {
    const sut = new Watchdog(1_000);

    sut.observe(owing, 0);
    sut.pickedUp();
    sut.observe(owing, 800);

    expect(sut.isDead(1_500)).toBe(false);
  });
});
