import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AttemptOutcome, topics, type AlertRaised, type DeliveryAttempted } from '@daybreak/contracts';
import { encodeReference } from '@daybreak/delivery';
import { aDeliveryAttempted, aDeliveryPlanned, eventually, type Watched } from '@daybreak/testing';
import { ALERT_NAME } from '../src/completeness/watch-completeness.js';
import { WABA_ID, aStatusWebhook, startIngest, type IngestWorld } from './ingest-world.js';

const MESSAGES = 40;

describe('webhook completeness', () => {
  const acceptedAtMs = Date.now() - 300_000; // long enough ago for every first status to have come
  let world: IngestWorld;
  let alerts: Watched<AlertRaised>;

  beforeAll(async () => {
    world = await startIngest();
    alerts = await world.stack.watch(topics.alertRaised);
  });

  afterAll(() => world.stop());

  const resolutions = (): boolean[] => alerts.events.filter((alert) => alert.alertName === ALERT_NAME).map((alert) => alert.resolved);

  it('tells once that accepted messages have no statuses, and once that they have', async () => {
    const attempts = Array.from({ length: MESSAGES }, () =>
      aDeliveryAttempted(aDeliveryPlanned(), { wabaId: WABA_ID, finishedAt: timestampFromMs(acceptedAtMs) }),
    );
    const rejected = attempts.map((attempt) => ({ ...attempt, outcome: AttemptOutcome.REJECTED }));

    await world.stack.publish(topics.deliveryAttempted, ...attempts, ...rejected);
    await eventually(() => expect(resolutions()).toEqual([false]));

    const reference = ({ deliveryId, runId }: DeliveryAttempted) => encodeReference({ kind: 'd', runId, deliveryId, attempt: 1, epoch: 1 });
    const [first] = attempts;
    for (let i = 0; i < MESSAGES; i += 1) await world.post(aStatusWebhook({ atMs: acceptedAtMs, reference: first && reference(first) })); // is one
    await world.post(aStatusWebhook({ atMs: acceptedAtMs })); // not of the campaign
    expect(resolutions()).toEqual([false]);

    await Promise.all(attempts.map((attempt) => world.post(aStatusWebhook({ atMs: acceptedAtMs, reference: reference(attempt) }))));
    await eventually(() => expect(resolutions()).toEqual([false, true]));
  });
});
