import { describe, expect, it, jest } from '@jest/globals';
import { failpointOf } from './failpoint.js';

describe(failpointOf.name, () => {
  it('ends the process the n-th time it comes by, and only there', () => {
    const die = jest.fn();
    const failpoint = failpointOf({ FAILPOINT: 'sender.after-post:2' }, die);

    failpoint('sender.before-post');
    failpoint('sender.after-post');
    failpoint('sender.before-post');
    expect(die).not.toHaveBeenCalled();

    failpoint('sender.after-post');
    expect(die).toHaveBeenCalledTimes(1);
  });

  it.each([{}, { FAILPOINT: '' }])('does nothing where it is not armed: %j', (env) => {
    const die = jest.fn();

    failpointOf(env, die)('sender.after-post');

    expect(die).not.toHaveBeenCalled();
  });

  it('keeps a production image from starting', () => {
    expect(() => failpointOf({ FAILPOINT: 'sender.after-post:1', NODE_ENV: 'production' }, jest.fn())).toThrow(/production/);
  });

  it.each(['sender.after-post', 'sender.after-post:0', ':3'])('refuses %s', (text) => {
    expect(() => failpointOf({ FAILPOINT: text }, jest.fn())).toThrow(/must look like/);
  });
});
