import { describe, expect, it, jest } from '@jest/globals';
import type { FaultContext } from './context.js';
import { inCompany } from './in-company.js';

function setup() {
  const asked = jest.fn<() => Promise<unknown[]>>();
  const context = { bit: jest.fn(), demand: jest.fn(), note: jest.fn(), realSeconds: () => Promise.resolve(), sql: asked };
  return { context, asked, sut: inCompany(context as unknown as FaultContext) };
}

describe(inCompany.name, () => {
  it('counts what really struck', () => {
    const { sut, context } = setup();

    sut.bit('it died', true);

    expect(context.bit).toHaveBeenCalledWith('it died', true);
  });

  it('only tells what did not strike, or is not so, beside another fault', () => {
    const { sut, context } = setup();

    sut.bit('it died', false);
    sut.demand('somebody took over', false);
    sut.demand('nobody got two', true);

    expect(context.bit).not.toHaveBeenCalled();
    expect(context.demand).not.toHaveBeenCalled();
    expect(context.note.mock.calls).toEqual([
      ['beside another fault it did not bite: it died'],
      ['beside another fault not so: somebody took over'],
    ]);
  });

  it('asks a store again until it is back', async () => {
    const { sut, asked } = setup();
    asked.mockRejectedValueOnce(new Error('connection refused')).mockResolvedValueOnce([{ n: '1' }]);

    await expect(sut.sql('sender', 'select 1 as n')).resolves.toEqual([{ n: '1' }]);
  });
});
