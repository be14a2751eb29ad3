import { describe, expect, it } from '@jest/globals';
import { SenderLifecycle } from './sender-lifecycle.js';

describe(SenderLifecycle.name, () => {
  it('takes no shard before what people said on the direct path is known', async () => {
    const order: string[] = [];
    let caughtUp: () => void = () => undefined;
    const part = (name: string) => ({ start: () => void order.push(name) });
    const consent = { start: () => new Promise<void>((resolve) => (caughtUp = resolve)).then(() => void order.push('consent')) };
    const parts = [part('states'), consent, part('housekeeping'), part('owner'), part('accounts'), {}];
    const sut = new SenderLifecycle(...(parts as unknown as ConstructorParameters<typeof SenderLifecycle>));

    const started = sut.onApplicationBootstrap();
    await new Promise(setImmediate);
    expect(order).toEqual(['states']);
    caughtUp();
    await started;

    expect(order).toEqual(['states', 'consent', 'housekeeping', 'owner', 'accounts']);
  });
});
