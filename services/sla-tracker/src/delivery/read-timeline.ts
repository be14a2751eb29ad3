import { CLOCK } from '@daybreak/config';
import { deliveryIdOf, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { OptOutRepository } from '../store/opt-out.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { TimelineRepository } from '../store/timeline.repository.js';
import { WithdrawnPackRepository } from '../store/withdrawn-pack.repository.js';
import { observationOf } from './observed.mapper.js';
import { timelineOf, type Timeline } from './timeline.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Answers the operator's "why did this advisor get nothing?". */
@Injectable()
export class ReadTimeline {
  constructor(
    private readonly runs: RunRepository,
    private readonly timelines: TimelineRepository,
    private readonly optOuts: OptOutRepository,
    private readonly withdrawn: WithdrawnPackRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param id the delivery's, or the recipient's; undefined when the run has no such delivery */
  async of(runId: string, id: string): Promise<Timeline | undefined> {
    const run = await this.runs.find(runId);
    if (run === undefined) return undefined;
    const deliveryId = UUID.test(id) ? id : deliveryIdOf(runId, id);
    const record = await this.timelines.record(run.runDate, deliveryId);
    if (record === undefined) return undefined;
    const { recipientId, contentPackId } = record.planned ?? {};
    const [events, optedOutAt, withdrawnAt] = await Promise.all([
      this.timelines.events(run.runDate, deliveryId),
      recipientId === undefined ? undefined : this.optOuts.firstOf(recipientId, run.window.freezeAt, run.window.closesAt),
      contentPackId === undefined ? undefined : this.withdrawn.recalledAt(contentPackId, run.window.closesAt),
    ]);
    const kept = events.map((event) => ({ observation: observationOf(event), recordedAt: event.recordedAt }));
    return timelineOf({ deliveryId, run, record, kept, optedOutAt, withdrawnAt, nowMs: this.clock.nowMs() });
  }
}
