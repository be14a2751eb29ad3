import { describe, expect, it } from '@jest/globals';
import { CloudApiError, errorMeaning, type SendOutcome } from '@daybreak/cloud-api';
import { manualClock } from '@daybreak/kernel';
import { Breakers, type Target } from './breakers.js';

const target: Target = {
  shardId: 'shard-1',
  phoneNumberId: '106540352242922',
  wabaId: 'waba-1',
  template: 'daily_pack_v1/en',
  runId: 'main-20261122-0600',
  asset: 'aa',
};
const usage = { businessUseCases: [] } as unknown as Extract<SendOutcome, { kind: 'rejected' }>['usage'];
const refusal = (code: number): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400),
  httpStatus: 400,
  usage,
});
const PAUSED_TEMPLATE = 132015;
const DISABLED_TEMPLATE = 132016;
const THROUGHPUT = 130429;
const MEDIA = 131053;
const TOKEN = 190;

function setup() {
  const clock = manualClock(0);
  return { clock, sut: new Breakers(clock) };
}

describe(Breakers.name, () => {
  it('stops a paused template everywhere until Meta ends it, and nothing else', () => {
    const { sut } = setup();

    sut.record(target, refusal(PAUSED_TEMPLATE));

    expect(sut.isTemplateClosed('waba-1', 'daily_pack_v1/en')).toBe(true);
    expect(sut.isTemplateClosed('waba-1', 'daily_pack_v1/hi')).toBe(false);
    expect(sut.blockingNumber(target)).toBeUndefined();
    expect(sut.toSave()).toMatchObject([{ scope: 'template', key: 'waba-1/daily_pack_v1/en', until: 'platform' }]);
  });

  it('lets a number that was too fast wait a second, and keeps that to itself', () => {
    const { sut, clock } = setup();

    sut.record(target, refusal(THROUGHPUT));

    expect(sut.blockingNumber(target)).toMatchObject({ scope: 'shard' });
    expect(sut.toSave()).toEqual([]);
    clock.advance(1_001);
    expect(sut.blockingNumber(target)).toBeUndefined();
  });

  it('stops every account on a refused token, and no template by itself', () => {
    const { sut } = setup();

    sut.record(target, refusal(TOKEN));

    expect(sut.blockingNumber({ phoneNumberId: 'another', wabaId: 'waba-2' })).toMatchObject({ scope: 'token', until: 'operator' });
    expect(sut.isTemplateClosed('waba-1', 'daily_pack_v1/en')).toBe(false);
  });

  it('stops a template at its own account, not its namesake at another one', () => {
    const { sut } = setup();

    sut.record(target, refusal(PAUSED_TEMPLATE));

    expect([sut.isTemplateClosed('waba-2', 'daily_pack_v1/en'), sut.closedTemplates('waba-2')]).toEqual([false, []]);
    expect(sut.closedTemplates('waba-1')).toEqual(['daily_pack_v1/en']);
  });

  it('keeps what a person has to end beside what Meta ended before, until that is stored', () => {
    const { sut } = setup();
    sut.record(target, refusal(PAUSED_TEMPLATE));
    const [paused] = sut.toSave();
    sut.load(paused ? [paused] : []);

    sut.record(target, refusal(DISABLED_TEMPLATE));
    sut.load(paused ? [paused] : []);

    expect(sut.toSave()).toMatchObject([{ scope: 'template', until: 'operator', fault: 'template-disabled' }]);
  });

  it('follows the store: stops what others stopped, goes on with what an operator ended', () => {
    const { sut } = setup();
    sut.record(target, refusal(PAUSED_TEMPLATE));
    const saved = sut.toSave();
    sut.load([...saved, { scope: 'account', key: 'waba-1', fault: 'policy', openedAtMs: 0, until: 'operator' }]);
    expect([sut.isTemplateClosed('waba-1', 'daily_pack_v1/en'), sut.blockingNumber(target)?.scope]).toEqual([true, 'account']);

    sut.load([]);

    expect([sut.isTemplateClosed('waba-1', 'daily_pack_v1/en'), sut.blockingNumber(target)]).toEqual([false, undefined]);
  });

  it('keeps what could not be stored yet', () => {
    const { sut } = setup();
    sut.load([]);
    sut.record(target, refusal(PAUSED_TEMPLATE));

    sut.load([]);

    expect(sut.isTemplateClosed('waba-1', 'daily_pack_v1/en')).toBe(true);
    expect(sut.toSave()).toHaveLength(1);
  });

  it('stops an asset that Meta cannot use, not the campaign, until it was uploaded again', () => {
    const { sut } = setup();

    for (let i = 0; i < 3; i++) sut.record(target, refusal(MEDIA));

    expect([sut.isAssetClosed('aa'), sut.isAssetClosed('bb'), sut.blockingNumber(target)]).toEqual([true, false, undefined]);
    sut.assetRenewed('aa');
    expect(sut.isAssetClosed('aa')).toBe(false);
  });

  it('stops what accepted messages failed by afterwards, although answers say that all is well', () => {
    const { sut, clock } = setup();
    const late = errorMeaning(PAUSED_TEMPLATE, null, 'async');

    expect(sut.failedLater(target, late)).toMatchObject({ scope: 'template', key: 'waba-1/daily_pack_v1/en', until: 'platform' });
    expect(sut.isTemplateClosed('waba-1', 'daily_pack_v1/en')).toBe(true);
    clock.advance(1_000);
    expect(sut.failedLater(target, late)).toBeUndefined();
  });

  it('stops an asset by which several messages failed within a minute', () => {
    const { sut, clock } = setup();
    const late = errorMeaning(MEDIA, null, 'async');

    const opened = [0, 61_000, 1_000, 1_000].map((ms) => {
      clock.advance(ms);
      return sut.failedLater(target, late)?.scope;
    });

    expect(opened).toEqual([undefined, undefined, undefined, 'media']);
    expect([sut.isAssetClosed('aa'), sut.isAssetClosed('bb')]).toEqual([true, false]);
    sut.assetRenewed('aa');
    expect(sut.isAssetClosed('aa')).toBe(false);
  });
});
