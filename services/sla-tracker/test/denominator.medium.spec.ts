import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import {
  AttemptOutcome,
  ConsentState,
  ContentPackWithdrawnSchema,
  SettledOutcome,
  topics,
  type DeliveryAttempted,
  type DeliveryPlanned,
  type DeliverySettled,
} from '@daybreak/contracts';
import { staysInDenominator } from '@daybreak/delivery';
import { deliveryIdOf, seededRandom } from '@daybreak/kernel';
import { aConsentChanged, aDeliveryAttempted, aDeliverySettled, eventually } from '@daybreak/testing';
import { NOTHING_KNOWN, observe } from '../src/delivery/delivery-record.js';
import { standingOf } from '../src/delivery/delivery-standing.js';
import { FoldDeliveries } from '../src/delivery/fold-deliveries.js';
import type { Observation } from '../src/delivery/observation.js';
import { FollowRuns } from '../src/run/follow-runs.js';
import { TallyRepository } from '../src/store/tally.repository.js';
import { aRun } from './run.factory.js';
import { aMorning, startSlaTracker, type SlaTrackerWorld } from './sla-tracker-world.js';

describe('the denominator', () => {
  let world: SlaTrackerWorld;

  beforeAll(async () => {
    world = await startSlaTracker();
  });

  afterAll(() => world.stop());

  const dueMs = (planned: DeliveryPlanned): number => (planned.dueAt ? timestampMs(planned.dueAt) : 0);
  const refused = (planned: DeliveryPlanned): DeliveryAttempted =>
    aDeliveryAttempted(planned, {
      outcome: AttemptOutcome.REJECTED,
      wamidHash: '',
      errorCode: 130429,
      httpStatus: 400,
      fault: 'throughput',
    });
  const ended = (planned: DeliveryPlanned, outcome: SettledOutcome, reason: string): DeliverySettled =>
    aDeliverySettled(planned, { outcome, reason, wamidHash: '', settledAt: timestampFromMs(dueMs(planned) + 30_000) });

  it('is left by who said no, was erased or whose pack was recalled before the first POST, and by nobody else', async () => {
    const morning = aMorning('0630', 8);
    const [erased, optedOut, recalledWhilePaused, recalledAfterwards, ...rest] = morning.planned as [
      DeliveryPlanned,
      DeliveryPlanned,
      DeliveryPlanned,
      DeliveryPlanned,
      ...DeliveryPlanned[],
    ];
    const [refusedThenNo, refusedThenErased, paused, served] = rest as [DeliveryPlanned, DeliveryPlanned, DeliveryPlanned, DeliveryPlanned];
    recalledWhilePaused.contentPackId = 'pack-recalled';
    recalledAfterwards.contentPackId = 'pack-recalled';
    await world.stack.publish(topics.runChanged, morning.changed(1));

    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(
      topics.deliveryAttempted,
      ...[refusedThenNo, refusedThenErased].map(refused),
      aDeliveryAttempted(recalledAfterwards),
      aDeliveryAttempted(served),
    );
    await world.stack.publish(
      topics.contentPackWithdrawn,
      create(ContentPackWithdrawnSchema, {
        contentPackId: 'pack-recalled',
        reason: 'wrong figures',
        withdrawnAt: timestampFromMs(dueMs(recalledAfterwards) + 10_000),
      }),
    );
    await world.stack.publish(
      topics.consentChanged,
      aConsentChanged(optedOut.recipientId, {
        purposes: [{ purpose: 'content', state: ConsentState.OPTED_OUT, since: timestampFromMs(dueMs(optedOut) + 1) }],
      }),
    );
    await world.stack.publish(
      topics.deliverySettled,
      ended(erased, SettledOutcome.SUPPRESSED, 'erased'),
      ended(refusedThenErased, SettledOutcome.SUPPRESSED, 'erased'),
      ended(refusedThenNo, SettledOutcome.SUPPRESSED, 'consent'),
      // Nothing was claimed any more: the number stood still to the end.
      ...[optedOut, recalledWhilePaused, paused].map((planned) => ended(planned, SettledOutcome.EXPIRED, 'window-closed')),
    );

    await eventually(async () =>
      expect(await world.report(morning.runId)).toMatchObject({
        ...{ planned: 8, accepted: 2, suppressed: 3, expired: 3, unresolved: 0, denominator: 5 },
        missesByDetail: {
          ...{ 'not_eligible/erased': 1, 'not_eligible/opted-out': 1, 'not_eligible/withdrawn-pack': 1 },
          ...{ 'ours/consent': 1, 'ours/erased': 1, 'ours/window-closed': 1, 'platform/no-sent-status': 2 },
        },
      }),
    );
    expect(await world.get(`/runs/${morning.runId}/deliveries/${recalledWhilePaused.recipientId}`)).toMatchObject({
      miss: { cause: 'not_eligible', detail: 'withdrawn-pack' },
    });
    expect(await world.get(`/runs/${morning.runId}/deliveries/${refusedThenNo.recipientId}`)).toMatchObject({
      miss: { cause: 'ours', detail: 'consent' },
    });
  });

  it('is counted in SQL by the same rule as for a single delivery, whatever happened and in whatever order', async () => {
    const random = seededRandom('denominator');
    const run = aRun({ runId: 'main-20261122-0631' });
    const { freezeAt, opensAt } = run.window;
    const instant = (): number => opensAt + random.int(0, 5) * 1_000; // few instants, so that many are equal
    const maybe = <T>(make: () => T): T[] => (random.next() < 0.5 ? [make()] : []);
    const cases = Array.from({ length: 400 }, (_, i) => {
      const optedOutAt = maybe(instant)[0];
      const withdrawnAt = maybe(instant)[0];
      const post = (attempt: number): Observation => ({
        ...{ kind: 'attempted', attempt, epoch: 1, shardId: `s-${i}`, phoneNumberId: 'n', startedAt: instant() },
        outcome: random.pick(['accepted', 'rejected', 'ambiguous', 'not_sent'] as const),
      });
      const planned: Observation = {
        ...{ kind: 'planned', recipientId: `adv-${i}`, shardId: `s-${i}`, language: 'en', contentPackId: `pack-${i}` },
        ...{ fallback: false, dueAt: opensAt },
      };
      const observations: Observation[] = [
        planned,
        ...maybe(() => post(1)),
        ...maybe(() => post(2)),
        ...maybe((): Observation => ({ kind: 'status', attempt: 3, epoch: 1, status: 'sent', occurredAt: instant() })),
        ...maybe((): Observation => ({
          ...{ kind: 'settled', settledAt: instant() },
          outcome: random.pick(['suppressed', 'expired', 'failed'] as const),
          reason: random.pick(['consent', 'erased', 'withdrawn-pack', 'window-closed', 'kill-switch']),
        })),
      ];
      return { i, optedOutAt, withdrawnAt, observations };
    });
    const follow = world.tracker.app.get(FollowRuns);
    await follow.optedOut(cases.flatMap(({ i, optedOutAt }) => (optedOutAt === undefined ? [] : { recipientId: `adv-${i}`, optedOutAt })));
    await follow.optedOut(cases.map(({ i }) => ({ recipientId: `adv-${i}`, optedOutAt: freezeAt - 1 }))); // and came back in time
    await follow.recalled(
      cases.flatMap(({ i, withdrawnAt }) => (withdrawnAt === undefined ? [] : { contentPackId: `pack-${i}`, withdrawnAt })),
    );
    const observed = cases.flatMap(({ i, observations }) =>
      observations.map((observation) => ({ deliveryId: deliveryIdOf(run.runId, `adv-${i}`), runId: run.runId, observation })),
    );
    await world.tracker.app.get(FoldDeliveries).all(observed);

    const groups = await world.tracker.app.get(TallyRepository).groups(world.stack.database('sla-tracker'), run, run.window.liveSealAt);

    const excludedBySql = groups.filter((group) => group.excluded).map((group) => group.shardId);
    const excludedByRule = cases
      .filter(({ optedOutAt, withdrawnAt, observations }) => {
        const { firstPostAt, withheldAt } = standingOf(observations.reduce(observe, NOTHING_KNOWN));
        return !staysInDenominator({
          firstPostAtMs: firstPostAt,
          optedOutAtMs: optedOutAt,
          withdrawnAtMs: withdrawnAt,
          withheldAtMs: withheldAt,
        });
      })
      .map(({ i }) => `s-${i}`);
    expect(excludedBySql.toSorted()).toEqual(excludedByRule.toSorted());
    expect(excludedByRule.length).toBeGreaterThan(50);
    expect(excludedByRule.length).toBeLessThan(350);
  });
});
