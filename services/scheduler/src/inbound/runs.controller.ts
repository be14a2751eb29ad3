import { Readable } from 'node:stream';
import { Roles } from '@daybreak/access';
import { ConflictException, Controller, Get, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { LookUpRuns } from '../run/look-up-runs.js';
import type { Run } from '../run/run.js';
import { toRunView, type RunView } from './run-view.mapper.js';

/** What happens tomorrow, and what was decided. No addresses anywhere. */
@Controller('runs')
@Roles('viewer')
export class RunsController {
  constructor(private readonly lookUp: LookUpRuns) {}

  @Get()
  async list(): Promise<RunView[]> {
    return (await this.lookUp.latest()).map(toRunView);
  }

  @Get(':runId')
  async one(@Param('runId') runId: string): Promise<RunView> {
    return toRunView(await this.found(runId));
  }

  /** ndjson in the order of recipient ids, so that two plans can be compared by `diff`; its SHA-256 is the plan's hash. */
  @Get(':runId/plan')
  async plan(@Param('runId') runId: string): Promise<StreamableFile> {
    const run = await this.found(runId);
    if (run.planHash === undefined) throw new ConflictException(`the plan of ${runId} is not frozen yet; see /runs/${runId}/preview`);
    return new StreamableFile(Readable.from(this.lookUp.planLines(runId)), { type: 'application/x-ndjson' });
  }

  @Get(':runId/preview')
  async preview(@Param('runId') runId: string): Promise<object> {
    const run = await this.found(runId);
    if (run.planHash !== undefined) throw new ConflictException(`the plan of ${runId} is frozen; see /runs/${runId}/plan`);
    const preview = await this.lookUp.preview(run);
    if (preview === undefined)
      throw new ConflictException(`${runId} is past planning: its plan was frozen just now, or its window is over`);
    return preview;
  }

  @Get(':runId/readiness')
  async readiness(@Param('runId') runId: string): Promise<RunView['readiness']> {
    return toRunView(await this.found(runId)).readiness;
  }

  /** Why did this advisor get nothing? */
  @Get(':runId/recipients/:recipientId')
  async recipient(@Param('runId') runId: string, @Param('recipientId') recipientId: string): Promise<object> {
    await this.found(runId);
    const explanation = await this.lookUp.explain(runId, recipientId);
    if (explanation === undefined) throw new NotFoundException('the plan does not know this recipient');
    return explanation;
  }

  private async found(runId: string): Promise<Run> {
    const run = await this.lookUp.find(runId);
    if (run === undefined) throw new NotFoundException(`there is no run ${runId.slice(0, 64)}`);
    return run;
  }
}
