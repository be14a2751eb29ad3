import { describe, expect, it } from '@jest/globals';
import type { PurposeConsent } from '@daybreak/consent';
import { sendWindowFrom } from '@daybreak/timing';
import type { Claim, Content, TemplateFilling } from './claim.js';
import { lastChecks, type LastInstant } from './last-checks.js';

const template: TemplateFilling = {
  name: 'daily_pack_v1',
  language: 'en',
  bodyParameterNames: [],
  namedParameters: false,
  hasImageHeader: true,
  quickReplyPayloads: [],
};
const standby: TemplateFilling = { ...template, name: 'daily_pack_v2' };

const content = (over: Partial<Content> = {}): Content => ({
  contentPackId: 'pack-en',
  contentHash: 'hash',
  language: 'en',
  template,
  standby: null,
  headerMedia: { sha256: 'aa', url: 'https://cdn.example/a.jpg', mediaType: 'image/jpeg', sizeBytes: 1 },
  deliveryMode: 'direct',
  fallback: false,
  ...over,
});

const yes: PurposeConsent = { state: 'opted_in', sinceMs: 0 };
const no: PurposeConsent = { state: 'opted_out', sinceMs: 1 };

const claim = (over: Partial<Claim> = {}): Claim => ({
  deliveryId: 'd-1',
  runId: 'run',
  runDate: '2026-11-22',
  recipientId: 'adv-1',
  shardId: 'shard-1',
  attempt: 1,
  spared: 0,
  claimNumber: 1,
  epoch: 5,
  dueAtMs: 10_000,
  claimedAtMs: 0,
  errorCode: 0,
  sealedAddress: new Uint8Array(),
  bodyParameters: {},
  contentId: 'c-1',
  critical: false,
  consent: yes,
  claimedAtMonoMs: 1_000,
  ...over,
});

const window = sendWindowFrom({
  freezeAt: -1,
  stagedBy: -1,
  opensAt: 0,
  firstAttemptsEndAt: 240_000,
  closesAt: 300_000,
  deadlineAt: 330_000,
  liveSealAt: 900_000,
  finalSealAt: 900_001,
});

const instant = (over: Partial<LastInstant> = {}): LastInstant => ({
  nowMs: 10_000,
  nowMonoMs: 1_500,
  lease: { isFresh: () => true },
  window,
  latePolicy: 'none',
  standsStill: () => false,
  isTemplateOpen: () => true,
  isMediaOpen: () => true,
  isWithdrawn: () => false,
  consentSince: () => undefined,
  ...over,
});

const released = { kind: 'not-posted', dueAtMs: 10_000 };
const leftAlone = { kind: 'not-posted', dueAtMs: 15_000 };

describe(lastChecks.name, () => {
  it('lets a good delivery go', () => {
    expect(lastChecks(claim(), content(), instant())).toEqual({ kind: 'go', template });
  });

  it.each<[string, Partial<LastInstant>, Partial<Claim>, object]>([
    ['a lease that may have run out', { lease: { isFresh: () => false } }, {}, released],
    ['a claim that is too old', { nowMonoMs: 4_000 }, {}, released],
    ['a window that is not open yet', { nowMs: -1 }, {}, released],
    ['a window that is over', { nowMs: 300_000 }, {}, { kind: 'expired', reason: 'window-closed', errorCode: 0 }],
    ['an opt-out before the claim', {}, { consent: no }, { kind: 'suppressed', reason: 'consent' }],
    ['an opt-out after the claim', { consentSince: () => no }, {}, { kind: 'suppressed', reason: 'consent' }],
    ['a recipient of whom nothing is known', {}, { consent: undefined }, leftAlone],
    ['a pack that was withdrawn', { isWithdrawn: (id) => id === 'pack-en' }, {}, { kind: 'suppressed', reason: 'withdrawn-pack' }],
    ['a number that stands still', { standsStill: () => true }, {}, released],
    ['a template that stands still', { isTemplateOpen: () => false }, {}, leftAlone],
    ['an asset that cannot be used', { isMediaOpen: () => false }, {}, leftAlone],
  ])('stops at %s', (_, at, of, settlement) => {
    expect(lastChecks(claim(of), content(), instant(at))).toEqual({ kind: 'stay', settlement });
  });

  it('takes the standby when the template stands still', () => {
    const at = instant({ isTemplateOpen: (key) => key === 'daily_pack_v2/en' });

    expect(lastChecks(claim(), content({ standby }), at)).toEqual({ kind: 'go', template: standby });
  });

  it('decides nothing on a lease that may have run out, not even an opt-out', () => {
    const word = lastChecks(claim({ consent: no }), content(), instant({ lease: { isFresh: () => false } }));

    expect(word).toEqual({ kind: 'stay', settlement: released });
  });

  it('sends after the window only where the late policy says so', () => {
    expect(lastChecks(claim(), content(), instant({ nowMs: 300_000, latePolicy: 'send-late' })).kind).toBe('go');
  });

  it('lets a pause that has ended by itself end', () => {
    const paused: PurposeConsent = { state: 'paused', sinceMs: 0, pausedUntilMs: 9_000 };

    expect(lastChecks(claim({ consent: paused }), content(), instant()).kind).toBe('go');
  });
});
