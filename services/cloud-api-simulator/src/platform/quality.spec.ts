import { describe, expect, it } from '@jest/globals';
import { quality } from '../settings/behaviour-settings.js';
import { QualityScore } from './quality.js';

const DAY_MS = 86_400_000;

describe(QualityScore.name, () => {
  const setup = (delivered = 1_000): QualityScore => {
    const sut = new QualityScore(() => quality.parse({}));
    for (let i = 0; i < delivered; i += 1) sut.onDelivered(1);
    return sut;
  };
  const blocked = (sut: QualityScore, times: number): QualityScore => {
    for (let i = 0; i < times; i += 1) sut.onBlock(1);
    return sut;
  };

  it.each([
    ['few blocks', 10, 'GREEN'],
    ['two in a hundred', 20, 'YELLOW'],
    ['six in a hundred', 60, 'RED'],
  ] as const)('%s make it what it is', (_, blocks, colour) => expect(blocked(setup(), blocks).colourAt(1)).toBe(colour));

  it('recovers as time goes by and people read', () => {
    const sut = blocked(setup(), 60);
    for (let day = 1; day <= 3; day += 1) {
      for (let i = 0; i < 1_000; i += 1) {
        sut.onDelivered(day * DAY_MS);
        sut.onRead(day * DAY_MS);
      }
    }

    expect(sut.colourAt(3 * DAY_MS)).toBe('GREEN');
  });

  it('recovers by resting alone, and says so when it is judged again', () => {
    const sut = blocked(setup(), 300);

    expect(sut.changedColourAt(1)).toBe('RED');
    expect(sut.changedColourAt(1)).toBeUndefined();
    expect(sut.changedColourAt(10 * DAY_MS)).toBe('GREEN');
  });

  it('starts anew when it is told to forget', () => {
    const sut = blocked(setup(), 300);
    sut.changedColourAt(1);

    sut.forget();

    expect(sut.colourAt(1)).toBe('GREEN');
    expect(blocked(sut, 300).changedColourAt(1)).toBe('RED');
  });

  it('is hurt by messages nobody reads', () => {
    const sut = setup(100);
    for (let i = 0; i < 5_000; i += 1) sut.onUnread(1);

    expect(sut.colourAt(1)).toBe('RED');
  });

  it('is not decided by one block among few messages', () => expect(blocked(setup(2), 1).colourAt(1)).not.toBe('RED'));
});
