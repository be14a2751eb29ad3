import { Injectable } from '@nestjs/common';
import { StatesRepository } from '../store/states.repository.js';
import type { ToldRun, ToldShard, ToldTemplate, ToldWaba } from './told-states.js';

/** What other services decided, into the tables that `KnownStates` reads. Absolute and versioned: an older state changes nothing. */
@Injectable()
export class TakeStates {
  constructor(private readonly states: StatesRepository) {}

  async runs(rows: readonly ToldRun[]): Promise<void> {
    await this.states.upsertRuns(rows);
  }

  async shards(rows: readonly ToldShard[], goneIds: readonly string[]): Promise<void> {
    await this.states.upsertShards(rows);
    await this.states.removeShards(goneIds);
  }

  async wabas(rows: readonly ToldWaba[], goneIds: readonly string[]): Promise<void> {
    await this.states.upsertWabas(rows);
    await this.states.removeWabas(goneIds);
  }

  async templates(rows: readonly ToldTemplate[]): Promise<void> {
    await this.states.upsertTemplates(rows);
  }
}
