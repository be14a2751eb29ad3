import { describe, expect, it } from '@jest/globals';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Recipient } from '../store/recipient.repository.js';
import { confirmationOf, confirmationText } from './confirmation.js';
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

describe(confirmationText.name, () => {
  it.each(['stop', 'start', 'pause', 'resume'] as const)('has words for %s in every language, no two alike', (change) => {
    const texts = ['en', 'hi', 'mr'].map((language) => confirmationText({ change }, language, TZ));

    expect(new Set(texts).size).toBe(3);
    expect(texts.every((text) => /START|STOP|RESUME/.test(text))).toBe(true);
  });

  it('names the day a pause ends, in local time and in the language', () => {
    const untilMs = Date.parse('2026-12-14T18:30:00Z'); // 15 December, midnight in India

    expect(confirmationText({ change: 'pause', untilMs }, 'en', TZ)).toContain('until 15 December');
    expect(confirmationText({ change: 'pause', untilMs }, 'hi', TZ)).toContain('15 दिसंबर');
    expect(confirmationText({ change: 'pause', untilMs }, 'mr', TZ)).toContain('डिसेंबर');
  });

  it('falls back to English', () => {
    expect(confirmationText({ change: 'stop' }, 'ta', TZ)).toBe(confirmationText({ change: 'stop' }, 'en', TZ));
  });
});

describe(confirmationOf.name, () => {
  it('answers from the number that was written to, until the service window closes', () => {
    const reply = confirmationOf(aSignal(), aRecipient(), saidAtMs + 400, TZ);

    expect(reply).toMatchObject({ phoneNumberId: '106540352242922', recipientId: 'adv-1', purpose: 'stop-confirmed' });
    expect(reply?.serviceWindowClosesAt && timestampMs(reply.serviceWindowClosesAt)).toBe(saidAtMs + 86_400_000);
  });

  it('gives the same message the same reply id, for ever', () => {
    const idOf = (wamidHash: string) => confirmationOf(aSignal({ wamidHash }), aRecipient(), saidAtMs, TZ)?.replyId;

    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });

  it.each([
    ['nobody wrote to us', aSignal({ confirm: false }), aRecipient()],
    ['we have no address to write to', aSignal(), aRecipient({ sealedAddress: null })],
    ['the number that was written to is not known', aSignal({ phoneNumberId: '' }), aRecipient()],
  ])('is owed to nobody when %s', (_, signal, recipient) => {
    expect(confirmationOf(signal, recipient, saidAtMs, TZ)).toBeUndefined();
  });
});
