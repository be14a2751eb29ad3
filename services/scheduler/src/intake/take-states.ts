import type { ConsentChanged, ReadinessObserved, ShardReported, ShardState, TemplateState, WabaState } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';
import { ProjectionRepository, type ProjectionName, type Projections } from '../store/projection.repository.js';
import { sortOut } from './sort-out.js';
import { toConsent, toReadinessFact, toShard, toShardReport, toTemplateVersion, toWaba } from './states.mapper.js';

/** Keeps what other services say of consent, templates, numbers and readiness: the newest of each key, until it is gone. */
@Injectable()
export class TakeStates {
  constructor(private readonly projections: ProjectionRepository) {}

  consent = (received: readonly Received<ConsentChanged>[]): Promise<readonly Rejection[]> => this.take('consent', received, toConsent);

  templates = (received: readonly Received<TemplateState>[]): Promise<readonly Rejection[]> =>
    this.take('template_version', received, toTemplateVersion);

  shards = (received: readonly Received<ShardState>[]): Promise<readonly Rejection[]> => this.take('shard', received, toShard);

  wabas = (received: readonly Received<WabaState>[]): Promise<readonly Rejection[]> => this.take('waba', received, toWaba);

  reports = (received: readonly Received<ShardReported>[]): Promise<readonly Rejection[]> =>
    this.take('shard_report', received, toShardReport);

  facts = (received: readonly Received<ReadinessObserved>[]): Promise<readonly Rejection[]> =>
    this.take('readiness_fact', received, toReadinessFact);

  private async take<T, N extends ProjectionName>(
    name: N,
    received: readonly Received<T>[],
    toRow: (event: T) => Projections[N],
  ): Promise<readonly Rejection[]> {
    const { taken, gone, rejections } = await sortOut(received, toRow);
    await this.projections.forget(name, gone);
    await this.projections.put(
      name,
      taken.map(({ value }) => value),
    );
    return rejections;
  }
}
