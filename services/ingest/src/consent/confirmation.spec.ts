import { describe, expect, it } from '@jest/globals';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Consent, ConsentState } from '@daybreak/consent';
import type { Recipient } from '../store/recipient.repository.js';
import { confirmationOf, confirmationText, type ConfirmedOrder } from './confirmation.js';
import type { ConsentSignal } from './desk-slip.js';

const TZ = 'Asia/Kolkata';
const saidAtMs = Date.parse('2026-11-22T06:10:00+05:30');

const aSignal = (over: Partial<ConsentSignal> = {}): ConsentSignal => ({
  key: 'wamid:hash',
  purposes: ['content'],
  change: 'stop',
  atMs: saidAtMs,
  source: 'command',
  evidence: {},
  wamidHash: 'hash',
  phoneNumberId: '106540352242922',
  confirm: true,
  ...over,
});
const aRecipient = (over: Partial<Recipient> = {}): Recipient => ({
  recipientId: 'adv-1',
  tenantId: 'main',
  language: 'en',
  addressKey: 'key',
  sealedAddress: new Uint8Array([1]),
  userId: null,
  sealedEvidenceKey: new Uint8Array([2]),
  ...over,
});

const nowMs = saidAtMs + 400;
const en = { language: 'en', tz: TZ };
const holds = (state: ConsentState, pausedUntilMs?: number): Consent => ({
  content: { state, sinceMs: saidAtMs, ...(pausedUntilMs === undefined ? {} : { pausedUntilMs }) },
});
const DAY_MS = 86_400_000;

describe(confirmationText.name, () => {
  it.each<[string, Consent]>([
    ['stop', holds('opted_out')],
    ['start', holds('opted_in')],
    ['pause', holds('paused')],
    ['resume', holds('opted_in')],
  ])('has words for %s in every language, no two alike', (change, consent) => {
    const signal = aSignal({ change: change as ConsentSignal['change'] });
    const texts = ['en', 'hi', 'mr'].map((language) => confirmationText(signal, consent, nowMs, { language, tz: TZ }));

    expect(new Set(texts).size).toBe(3);
    expect(texts.every((text) => /START|STOP|RESUME/.test(text))).toBe(true);
  });

  it.each<[string, Partial<ConsentSignal>, Consent, RegExp]>([
    ['a RESUME after a STOP', { change: 'resume' }, holds('opted_out'), /no more messages/],
    ['a RESUME of somebody who never said yes', { change: 'resume' }, {}, /no more messages/],
    ['a PAUSE after a STOP', { change: 'pause', untilMs: nowMs + DAY_MS }, holds('opted_out'), /no more messages/],
    ['a START that came after a newer STOP', { change: 'start' }, holds('opted_out'), /no more messages/],
    ['a STOP that came after a newer START', { change: 'stop' }, holds('opted_in'), /pack continues/],
    ['a START that came after a newer PAUSE', { change: 'start' }, holds('paused'), /is paused/],
    ['a PAUSE that is over already', { change: 'pause', untilMs: saidAtMs - DAY_MS }, holds('opted_in'), /That day is over/],
    ['a PAUSE that is over, while another holds', { change: 'pause', untilMs: saidAtMs - DAY_MS }, holds('paused'), /is paused/],
  ])('says what holds after %s', (_, over, consent, words) => {
    expect(confirmationText(aSignal(over), consent, nowMs, en)).toMatch(words);
  });

  it('names the day a pause ends, in local time and in the language', () => {
    const untilMs = Date.parse('2026-12-14T18:30:00Z'); // 15 December, midnight in India
    const textIn = (language: string) =>
      confirmationText(aSignal({ change: 'pause', untilMs }), holds('paused', untilMs), nowMs, { language, tz: TZ });

    expect(textIn('en')).toContain('until 15 December');
    expect(textIn('hi')).toContain('15 दिसंबर');
    expect(textIn('mr')).toContain('डिसेंबर');
  });

  it('falls back to English', () => {
    const textIn = (language: string) => confirmationText(aSignal(), holds('opted_out'), nowMs, { language, tz: TZ });

    expect(textIn('ta')).toBe(textIn('en'));
  });
});

const anOrder = (over: Partial<ConsentSignal> = {}): ConfirmedOrder => ({
  signal: aSignal(over),
  recipient: aRecipient(),
  consent: holds('opted_out'),
});

describe(confirmationOf.name, () => {
  it('answers from the number that was written to, until the service window closes', () => {
    const reply = confirmationOf(anOrder(), saidAtMs + 400, TZ);

    expect(reply).toMatchObject({ phoneNumberId: '106540352242922', recipientId: 'adv-1', purpose: 'stop-confirmed' });
    expect(reply?.serviceWindowClosesAt && timestampMs(reply.serviceWindowClosesAt)).toBe(saidAtMs + 86_400_000);
  });

  it('gives the same message the same reply id, for ever', () => {
    const idOf = (wamidHash: string) => confirmationOf(anOrder({ wamidHash }), saidAtMs, TZ)?.replyId;

    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });

  it.each([
    ['nobody wrote to us', aSignal({ confirm: false }), aRecipient()],
    ['we have no address to write to', aSignal(), aRecipient({ sealedAddress: null })],
    ['the number that was written to is not known', aSignal({ phoneNumberId: '' }), aRecipient()],
  ])('is owed to nobody when %s', (_, signal, recipient) => {
    expect(confirmationOf({ signal, recipient, consent: holds('opted_out') }, saidAtMs, TZ)).toBeUndefined();
  });
});
