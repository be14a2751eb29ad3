import { Injectable } from '@nestjs/common';
import { StatesRepository, type RunRow, type ShardStateRow, type TemplateStateRow, type WabaStateRow } from '../store/states.repository.js';

/** What other services decided, into the tables that `KnownStates` reads. Absolute and versioned: an older state changes nothing. */
@Injectable()
export class TakeStates {
  constructor(private readonly states: StatesRepository) {}

  async runs(rows: readonly RunRow[]): Promise<void> {
    await this.states.upsertRuns(rows);
  }

  async shards(rows: readonly ShardStateRow[], goneIds: readonly string[]): Promise<void> {
    await this.states.upsertShards(rows);
    await this.states.removeShards(goneIds);
  }

  async wabas(rows: readonly WabaStateRow[], goneIds: readonly string[]): Promise<void> {
    await this.states.upsertWabas(rows);
    await this.states.removeWabas(goneIds);
  }

  async templates(rows: readonly TemplateStateRow[]): Promise<void> {
    await this.states.upsertTemplates(rows);
  }
}
