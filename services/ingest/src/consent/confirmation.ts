import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ReplyRequestedSchema, type ReplyRequested } from '@daybreak/contracts';
import { uuidV5 } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import type { Recipient } from '../store/recipient.repository.js';
import type { ConsentSignal } from './desk-slip.js';

/** Meta lets us answer freely for 24 h after a person wrote. */
const SERVICE_WINDOW_MS = 24 * 3_600_000;

interface Wording {
  readonly stop: string;
  readonly start: string;
  readonly pause: string;
  readonly pauseUntil: (day: string) => string;
  readonly resume: string;
}

const ENGLISH: Wording = {
  stop: 'You will get no more messages from us. Send START whenever you want them again.',
  start: 'You will get your daily pack again. Send STOP at any time to end it.',
  pause: 'Your daily pack is paused. Send RESUME when you want it again.',
  pauseUntil: (day) => `Your daily pack is paused until ${day}. Send RESUME to have it earlier.`,
  resume: 'Your daily pack continues. Send STOP at any time to end it.',
};

/** What a person reads back after a command, in their language. English where we have no other. */
const WORDING: Readonly<Record<string, Wording>> = {
  en: ENGLISH,
  hi: {
    stop: 'अब हमारी ओर से आपको कोई संदेश नहीं आएगा। दोबारा पाने के लिए START भेजें।',
    start: 'आपका दैनिक पैक फिर से शुरू हो गया है। बंद करने के लिए कभी भी STOP भेजें।',
    pause: 'आपका दैनिक पैक रोक दिया गया है। फिर से पाने के लिए RESUME भेजें।',
    pauseUntil: (day) => `आपका दैनिक पैक ${day} तक रोक दिया गया है। उससे पहले पाने के लिए RESUME भेजें।`,
    resume: 'आपका दैनिक पैक जारी रहेगा। बंद करने के लिए कभी भी STOP भेजें।',
  },
  mr: {
    stop: 'यापुढे आमच्याकडून तुम्हाला कोणताही संदेश येणार नाही. पुन्हा मिळवण्यासाठी START पाठवा.',
    start: 'तुमचा दैनिक पॅक पुन्हा सुरू झाला आहे. बंद करण्यासाठी कधीही STOP पाठवा.',
    pause: 'तुमचा दैनिक पॅक थांबवला आहे. पुन्हा मिळवण्यासाठी RESUME पाठवा.',
    pauseUntil: (day) => `तुमचा दैनिक पॅक ${day} पर्यंत थांबवला आहे. त्याआधी मिळवण्यासाठी RESUME पाठवा.`,
    resume: 'तुमचा दैनिक पॅक सुरू राहील. बंद करण्यासाठी कधीही STOP पाठवा.',
  },
};

export function confirmationText(signal: Pick<ConsentSignal, 'change' | 'untilMs'>, language: string, tz: string): string {
  const known = language.slice(0, 2);
  const wording = WORDING[known] ?? ENGLISH;
  if (signal.change !== 'pause' || signal.untilMs === undefined) return wording[signal.change];
  return wording.pauseUntil(DateTime.fromMillis(signal.untilMs, { zone: tz, locale: known in WORDING ? known : 'en' }).toFormat('d MMMM'));
}

/** The answer a person is owed for a command, from the number they wrote to; undefined where we cannot write to them. */
export function confirmationOf(signal: ConsentSignal, recipient: Recipient, nowMs: number, tz: string): ReplyRequested | undefined {
  if (!signal.confirm || recipient.sealedAddress === null || signal.phoneNumberId === '') return undefined;
  return create(ReplyRequestedSchema, {
    replyId: uuidV5(`reply/${signal.wamidHash}`),
    phoneNumberId: signal.phoneNumberId,
    recipientId: recipient.recipientId,
    sealedAddress: recipient.sealedAddress,
    content: { case: 'text', value: confirmationText(signal, recipient.language, tz) },
    language: recipient.language,
    purpose: `${signal.change}-confirmed`,
    serviceWindowClosesAt: timestampFromMs(signal.atMs + SERVICE_WINDOW_MS),
    requestedAt: timestampFromMs(nowMs),
  });
}
