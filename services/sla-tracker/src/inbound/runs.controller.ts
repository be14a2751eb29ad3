import { Roles } from '@daybreak/access';
import { BadRequestException, Controller, Get, NotFoundException, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { Timeline } from '../delivery/timeline.js';
import { ReadTimeline } from '../delivery/read-timeline.js';
import { LiveRuns, type FigureKind, type RunSummary } from '../run/live-runs.js';
import type { RunReport } from '../run/run-report.js';
import { watchRun } from '../run/watch-run.js';

const FIGURES: readonly FigureKind[] = ['now', 'live', 'final'];

/** Runs by REST, for people and for machines. */
@Controller('runs')
@Roles('viewer')
export class RunsController {
  constructor(
    private readonly live: LiveRuns,
    private readonly timelines: ReadTimeline,
  ) {}

  /** The latest runs, newest first. */
  @Get()
  list(): Promise<RunSummary[]> {
    return this.live.summaries();
  }

  /** `report.json`: the live figure once it is sealed, before that the figure of now. `?figure=now|live|final` asks for one. */
  @Get(':runId')
  async report(@Param('runId') runId: string, @Query('figure') figure?: string): Promise<RunReport> {
    const kind = FIGURES.find((known) => known === figure);
    if (figure !== undefined && kind === undefined) throw new BadRequestException('figure: must be now, live or final');
    return found(await this.live.report(runId, kind), 'there is no such run, or it is not sealed yet');
  }

  /** One delivery's way, by its id or the recipient's. */
  @Get(':runId/deliveries/:id')
  async timeline(@Param('runId') runId: string, @Param('id') id: string): Promise<Timeline> {
    return found(await this.timelines.of(runId, id), 'this run has no such delivery');
  }

  /** The run as it goes, one message per change. */
  @Sse(':runId/events')
  events(@Param('runId') runId: string): Observable<MessageEvent> {
    return watchRun(() => this.live.view(runId));
  }
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new NotFoundException(message);
  return value;
}
