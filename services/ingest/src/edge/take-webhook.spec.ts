import { describe, expect, it, jest } from '@jest/globals';
import { signatureOf } from '@daybreak/cloud-api';
import { topics } from '@daybreak/contracts';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import { aPhoneNumber, aWamid, eventually, testPrivacy } from '@daybreak/testing';
import { StatusTally } from '../completeness/status-tally.js';
import type { DeskSlip } from '../consent/desk-slip.js';
import type { LearnPeople } from '../consent/learn-people.js';
import type { Committed, OnKnown, RecordSlips } from '../consent/record-slips.js';
import { PersonalData } from '../people/personal-data.js';
import type { EdgeRecord } from './edge-record.js';
import type { HandOver, HandedTo } from './hand-over.js';
import { SplitWebhooks } from './split-webhook.js';
import { TakeWebhook } from './take-webhook.js';
import { WebhookCounts } from './webhook-counts.js';

const NEW_SECRET = 'the-new-one';
const OLD_SECRET = 'the-one-before';
const BUFFER_EVENTS = 5;
/** Without the room that is kept for people. */
const STATUSES = 4;

const logger = createLogger('test', { level: 'silent' });

/** The edge between a Kafka and a desk that do as they are told. */
const setup = () => {
  const handed: (readonly EdgeRecord[])[] = [];
  const kafka = { answer: (): Promise<HandedTo> => Promise.resolve('kafka') };
  const desk = {
    answer: (onKnown: OnKnown): Promise<Committed> => {
      onKnown(new Map());
      return Promise.resolve({ sendersTold: Promise.resolve() });
    },
  };
  const handOver = { all: (records: readonly EdgeRecord[]) => (handed.push(records), kafka.answer()) } as HandOver;
  const slips = jest.fn((_: readonly DeskSlip[], onKnown: OnKnown) => desk.answer(onKnown));
  const personal = new PersonalData(testPrivacy.addressKeys, testPrivacy.wamidKeys, testPrivacy.addresses, testPrivacy.sealer);
  const sut = new TakeWebhook(
    handOver,
    { all: slips } as unknown as RecordSlips,
    new SplitWebhooks(personal, { hear: () => undefined } as unknown as LearnPeople, manualClock(1_795_300_000_000), logger, {
      CONSENT_TIME_ZONE: 'Asia/Kolkata',
    }),
    new WebhookCounts(new StatusTally()),
    logger,
    { WEBHOOK_APP_SECRETS: [NEW_SECRET, OLD_SECRET], WEBHOOK_BUFFER_EVENTS: BUFFER_EVENTS, WEBHOOK_BUFFER_MIB: 8 },
  );
  const take = (value: object, secret = NEW_SECRET) => {
    const body = Buffer.from(
      JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] }),
    );
    return sut.take(body, signatureOf(body, secret));
  };
  return { take, kafka, desk, handed, slips };
};

const aStatus = () => ({
  statuses: [{ id: aWamid(aPhoneNumber()), status: 'sent', timestamp: '1795299998', recipient_id: '917000000001' }],
});
const aWord = (body = 'Namaste') => ({
  messages: [{ id: aWamid(aPhoneNumber()), from: '917000000001', timestamp: '1795299999', type: 'text', text: { body } }],
});
const aStop = () => aWord('STOP');

describe(TakeWebhook.name, () => {
  it.each([
    ['the current secret', NEW_SECRET, 200],
    ['the one that is being rotated out', OLD_SECRET, 200],
    ['any other', 'a guess', 401],
  ])('answers what is signed by %s', async (_, secret, status) => {
    const { take } = setup();

    expect((await take(aStatus(), secret)).status).toBe(status);
  });

  it('has Meta send again what neither Kafka nor the spool took', async () => {
    const { take, kafka } = setup();
    kafka.answer = () => Promise.reject(new Error('both are away'));

    expect(await take(aStatus())).toEqual({ status: 503, result: 'unavailable' });
  });

  it('publishes nothing of a STOP while Postgres cannot say whose it is', async () => {
    const { take, desk, handed } = setup();
    desk.answer = () => Promise.reject(new Error('Postgres is away'));

    expect(await take(aStop())).toEqual({ status: 503, result: 'unavailable' });
    expect(handed).toEqual([]);
  });

  it('does not acknowledge a STOP that is not committed, though Kafka has it', async () => {
    const { take, desk, handed } = setup();
    desk.answer = (onKnown) => {
      onKnown(new Map());
      return eventually(() => expect(handed).toHaveLength(1)).then(() => Promise.reject(new Error('Postgres went away')));
    };

    expect(await take(aStop())).toEqual({ status: 503, result: 'unavailable' });
  });

  it('passes on what somebody only wrote while Postgres is away', async () => {
    const { take, desk, handed } = setup();
    desk.answer = () => Promise.reject(new Error('Postgres is away'));

    expect((await take(aWord())).status).toBe(200);
    expect(handed).toHaveLength(1);
  });

  it('acknowledges a STOP only when the senders have been told, and takes the next one meanwhile', async () => {
    const { take, desk, slips } = setup();
    let tell = (): void => undefined;
    const sendersTold = new Promise<void>((resolve) => (tell = resolve));
    desk.answer = (onKnown) => {
      onKnown(new Map());
      return Promise.resolve({ sendersTold });
    };
    const answers: number[] = [];
    const first = take(aStop()).then(({ status }) => answers.push(status));
    await eventually(() => expect(slips).toHaveBeenCalledTimes(1));
    const second = take(aStop());
    await eventually(() => expect(slips).toHaveBeenCalledTimes(2));
    await new Promise(setImmediate);

    expect(answers).toEqual([]);
    tell();
    await Promise.all([first, second]);
    expect(answers).toEqual([200]);
  });

  it('holds no more than it may in a flood, and takes again afterwards', async () => {
    const { take, kafka, handed } = setup();
    let acknowledge = (_: HandedTo): void => undefined;
    kafka.answer = () => new Promise((resolve) => (acknowledge = resolve));
    const held = Array.from({ length: STATUSES }, () => take(aStatus()));

    expect(await take(aStatus())).toEqual({ status: 503, result: 'unavailable' });

    const stop = take(aStop()); // people find room all the same
    await eventually(() => expect(handed).toHaveLength(1));
    kafka.answer = () => Promise.resolve('kafka');
    acknowledge('kafka');
    expect((await stop).status).toBe(200);
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
    expect((await take(aStatus())).status).toBe(200);
  });

  it('lets a STOP pass the statuses that wait', async () => {
    const { take, kafka, handed, slips } = setup();
    let acknowledge = (_: HandedTo): void => undefined;
    kafka.answer = () => new Promise((resolve) => (acknowledge = resolve));
    const first = take(aStatus());
    await eventually(() => expect(handed).toHaveLength(1));

    const waiting = [take(aStatus()), take(aStop())];
    await eventually(() => expect(slips).toHaveBeenCalledTimes(1)); // said, committed, and behind a status
    await new Promise(setImmediate);
    kafka.answer = () => Promise.resolve('kafka');
    acknowledge('kafka');
    await Promise.all([first, ...waiting]);

    expect(handed[1]?.map(({ topic }) => topic.name)).toEqual([topics.inboundReceived.name, topics.deliveryStatusObserved.name]);
  });
});
