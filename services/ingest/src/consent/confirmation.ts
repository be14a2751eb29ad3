import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { mayReceive, type Consent } from '@daybreak/consent';
import { ReplyRequestedSchema, type ReplyRequested } from '@daybreak/contracts';
import { uuidV5 } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import type { Recipient } from '../store/recipient.repository.js';
import type { ConsentSignal } from './desk-slip.js';

/** Meta lets us answer freely for 24 h after a person wrote. */
const SERVICE_WINDOW_MS = 24 * 3_600_000;

interface Wording {
  readonly stopped: string;
  readonly started: string;
  readonly paused: string;
  readonly pausedUntil: (day: string) => string;
  readonly continues: string;
  readonly dayIsOver: string;
}

const ENGLISH: Wording = {
  stopped: 'You will get no more messages from us. Send START whenever you want them again.',
  started: 'You will get your daily pack again. Send STOP at any time to end it.',
  paused: 'Your daily pack is paused. Send RESUME when you want it again.',
  pausedUntil: (day) => `Your daily pack is paused until ${day}. Send RESUME to have it earlier.`,
  continues: 'Your daily pack continues. Send STOP at any time to end it.',
  dayIsOver: 'That day is over, so nothing was paused. Send PAUSE 7 DAYS, or PAUSE UNTIL and a day to come.',
};

/** What a person reads back after a command, in their language. English where we have no other. */
const WORDING: Readonly<Record<string, Wording>> = {
  en: ENGLISH,
  hi: {
    stopped: 'अब हमारी ओर से आपको कोई संदेश नहीं आएगा। दोबारा पाने के लिए START भेजें।',
    started: 'आपका दैनिक पैक फिर से शुरू हो गया है। बंद करने के लिए कभी भी STOP भेजें।',
    paused: 'आपका दैनिक पैक रोक दिया गया है। फिर से पाने के लिए RESUME भेजें।',
    pausedUntil: (day) => `आपका दैनिक पैक ${day} तक रोक दिया गया है। उससे पहले पाने के लिए RESUME भेजें।`,
    continues: 'आपका दैनिक पैक जारी रहेगा। बंद करने के लिए कभी भी STOP भेजें।',
    dayIsOver: 'वह दिन बीत चुका है, इसलिए कुछ नहीं रोका गया। PAUSE 7 DAYS भेजें, या PAUSE UNTIL के साथ आने वाला कोई दिन।',
  },
  mr: {
    stopped: 'यापुढे आमच्याकडून तुम्हाला कोणताही संदेश येणार नाही. पुन्हा मिळवण्यासाठी START पाठवा.',
    started: 'तुमचा दैनिक पॅक पुन्हा सुरू झाला आहे. बंद करण्यासाठी कधीही STOP पाठवा.',
    paused: 'तुमचा दैनिक पॅक थांबवला आहे. पुन्हा मिळवण्यासाठी RESUME पाठवा.',
    pausedUntil: (day) => `तुमचा दैनिक पॅक ${day} पर्यंत थांबवला आहे. त्याआधी मिळवण्यासाठी RESUME पाठवा.`,
    continues: 'तुमचा दैनिक पॅक सुरू राहील. बंद करण्यासाठी कधीही STOP पाठवा.',
    dayIsOver: 'तो दिवस होऊन गेला आहे, म्हणून काहीही थांबवले नाही. PAUSE 7 DAYS पाठवा, किंवा PAUSE UNTIL सोबत पुढचा एखादा दिवस.',
  },
};

/** A command, whose it was, and what holds for them after it: a RESUME after a STOP, or one that came late, changes nothing. */
export interface ConfirmedOrder {
  readonly signal: ConsentSignal;
  readonly recipient: Recipient;
  readonly consent: Consent;
}

/** @param language Meta's language code, e.g. `hi` or `en_US` */
export function confirmationText(
  signal: Pick<ConsentSignal, 'change' | 'atMs' | 'untilMs'>,
  consent: Consent,
  nowMs: number,
  { language, tz }: { readonly language: string; readonly tz: string },
): string {
  const known = language.slice(0, 2);
  const wording = WORDING[known] ?? ENGLISH;
  const held = consent.content;
  if (held === undefined || held.state === 'opted_out') return wording.stopped;
  if (mayReceive(consent, 'content', nowMs)) {
    if (signal.change === 'pause' && signal.untilMs !== undefined && signal.untilMs <= nowMs) return wording.dayIsOver;
    return signal.change === 'start' ? wording.started : wording.continues;
  }
  if (held.pausedUntilMs === undefined) return wording.paused;
  return wording.pausedUntil(
    DateTime.fromMillis(held.pausedUntilMs, { zone: tz, locale: known in WORDING ? known : 'en' }).toFormat('d MMMM'),
  );
}

/** The answer a person is owed for a command, from the number they wrote to; undefined where we cannot write to them. */
export function confirmationOf({ signal, recipient, consent }: ConfirmedOrder, nowMs: number, tz: string): ReplyRequested | undefined {
  if (!signal.confirm || recipient.sealedAddress === null || signal.phoneNumberId === '') return undefined;
  return create(ReplyRequestedSchema, {
    replyId: uuidV5(`reply/${signal.wamidHash}`),
    phoneNumberId: signal.phoneNumberId,
    recipientId: recipient.recipientId,
    sealedAddress: recipient.sealedAddress,
    content: { case: 'text', value: confirmationText(signal, consent, nowMs, { language: recipient.language, tz }) },
    language: recipient.language,
    purpose: `${signal.change}-confirmed`,
    serviceWindowClosesAt: timestampFromMs(signal.atMs + SERVICE_WINDOW_MS),
    requestedAt: timestampFromMs(nowMs),
  });
}
