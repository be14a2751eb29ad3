import { describe, expect, it } from '@jest/globals';
import { figuresOf } from './figures.js';
import { project, type ShardBacklog } from './projection.js';
import { aGroup, aRun } from '../../test/run.factory.js';
import type { TallyGroup } from './tally.js';

const run = aRun();
const { opensAt, closesAt, deadlineAt } = run.window;
const waiting = (deliveries: number): TallyGroup =>
  aGroup({
    outcome: 'unresolved',
    state: 'PLANNED',
    status: undefined,
    sent: false,
    sentOnTime: false,
    startedInWindow: false,
    startedLongAgo: false,
    posted: false,
    posts: 0,
    deliveries,
  });
const accepted = (deliveries: number): TallyGroup =>
  aGroup({ status: 'accepted', sent: false, sentOnTime: false, startedLongAgo: false, deliveries });
const failed = (deliveries: number): TallyGroup => aGroup({ status: 'failed', sent: false, sentOnTime: false, deliveries });
const projected = (groups: TallyGroup[], backlogs: ShardBacklog[], nowMs: number): number =>
  project(run, figuresOf(run, groups, nowMs), groups, backlogs, nowMs).onTime;

describe(project.name, () => {
  it.each<[string, TallyGroup[], ShardBacklog[], number, number]>([
    ['everything, before the window, at a rate that suffices', [waiting(850)], [{ waiting: 850, allowedRate: 76 }], opensAt - 60_000, 850],
    ['everything, as long as no shard has reported', [waiting(850)], [], opensAt - 60_000, 850],
    [
      'what the rates allow in the rest of the window',
      [aGroup({ deliveries: 450 }), waiting(400)],
      [{ waiting: 400, allowedRate: 2 }],
      closesAt - 100_000,
      650,
    ],
    [
      'nothing more once the window is closed',
      [aGroup({ deliveries: 800 }), waiting(50)],
      [{ waiting: 50, allowedRate: 76 }],
      closesAt,
      800,
    ],
    [
      'what was just accepted, as on time as what was before',
      [aGroup({ deliveries: 90 }), failed(10), accepted(100), waiting(650)],
      [{ waiting: 650, allowedRate: 80 }],
      opensAt + 60_000,
      765,
    ],
    ['only what is, once the deadline has passed', [aGroup({ deliveries: 800 }), accepted(50)], [], deadlineAt + 10_000, 800],
  ])('expects %s', (_, groups, backlogs, nowMs, onTime) => {
    expect(projected(groups, backlogs, nowMs)).toBe(onTime);
  });

  it('has no ratio where nobody was eligible', () => {
    const nobody = aRun({ eligible: 0, planned: 0 });

    expect(project(nobody, figuresOf(nobody, [], opensAt), [], [], opensAt)).toEqual({ onTime: 0, ratio: null });
  });
});
