import { CLOCK } from '@daybreak/config';
import type { DeliveryState } from '@daybreak/delivery';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import type { TimedBreaker } from '../states/breakers.js';
import type { Control } from '../states/control.js';
import { EVERY_SHARD, KnownStates } from '../states/known-states.js';
import { FiguresRepository, type OwnedFigures, type ShardFigures } from '../store/figures.repository.js';
import { StagingRepository } from '../store/staging.repository.js';
import { StatesRepository } from '../store/states.repository.js';
import { maximumRate } from './allowed-rate.js';
import type { KnownRun, KnownShard } from './known-shard.js';

/** What can be sent, what may be sent, what is sent: messages per second of the run's clock. */
export interface Capacity {
  readonly maximumRate: number;
  readonly availableRate: number;
  readonly actualRate: number;
  /** Share of what is available that was used in the last second, 0 to 1. */
  readonly utilisation: number;
}

/** One phone number, whoever owns it: its state, an operator's word, and its deliveries of the morning that is open or next. */
export interface ShardStatus {
  readonly shard: KnownShard;
  /** Null while no pod holds it. */
  readonly owner: string | null;
  readonly epoch: number;
  readonly control: Control | null;
  /** Why nothing is claimed now; null when something may be. */
  readonly heldBack: string | null;
  /** Drained, and nothing is left in its hands. */
  readonly drained: boolean;
  readonly capacity: Capacity;
  /** Requests on the wire. */
  readonly inFlight: number;
  /** Recipients started in the last hour, and on this day; null while nobody holds the shard. */
  readonly startedHour: number | null;
  readonly startedDay: number | null;
  readonly runId: string | null;
  readonly deliveries: Readonly<Partial<Record<DeliveryState, number>>>;
}

/** One business account: its numbers together, and the people that its portfolio has started today. */
export interface WabaStatus {
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  readonly shardIds: readonly string[];
  readonly capacity: Capacity;
  /** Unique recipients in rolling 24 hours, of all numbers of the portfolio; null: unlimited, or not known. Spent when the plan is made, watched here. */
  readonly portfolioLimit: number | null;
  /** By all owned numbers of the portfolio. */
  readonly portfolioStartedToday: number;
}

export interface SenderStatus {
  /** The word on everybody: the kill switch. */
  readonly everybody: Control | null;
  readonly shards: readonly ShardStatus[];
  readonly wabas: readonly WabaStatus[];
  /** What stands still until an instant, as the owners of the shards see it. */
  readonly timedBreakers: readonly TimedBreaker[];
}

/** Every number and account, as any pod can say: from the tables, not from the memory of whoever owns a shard. At most a second or two old. */
@Injectable()
export class ReadStatus {
  constructor(
    private readonly figures: FiguresRepository,
    private readonly staging: StagingRepository,
    private readonly statesStore: StatesRepository,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whole, with the deliveries of the morning counted. */
  async read(): Promise<SenderStatus> {
    const run = this.states.currentRun(this.clock.nowMs());
    return this.with(run, run ? await this.staging.countByShard(run) : new Map());
  }

  /** The accounts alone: cheap enough for every few seconds of the window. */
  async accounts(): Promise<readonly WabaStatus[]> {
    return (await this.with(undefined, new Map())).wabas;
  }

  private async with(run: KnownRun | undefined, counts: ReadonlyMap<string, ShardStatus['deliveries']>): Promise<SenderStatus> {
    const [owned, limits] = await Promise.all([this.figures.all(), this.statesStore.portfolioLimits()]);
    const byShard = new Map(owned.map((one) => [one.shardId, one]));
    const shards = this.states.shards.map((shard) => this.shardStatus(shard, byShard.get(shard.shardId), run, counts.get(shard.shardId)));
    const timedBreakers = stillOpen(owned, this.clock.nowMs());
    return { everybody: this.states.control(EVERY_SHARD) ?? null, shards, wabas: wabaStatuses(shards, limits), timedBreakers };
  }

  private shardStatus(
    shard: KnownShard,
    owned: OwnedFigures | undefined,
    run: KnownRun | undefined,
    deliveries: ShardStatus['deliveries'] = {},
  ): ShardStatus {
    const figures = owned?.figures;
    const control = this.states.control(shard.shardId) ?? null;
    const inHand = (deliveries.QUEUED ?? 0) + (deliveries.CLAIMED ?? 0) + (deliveries.AMBIGUOUS ?? 0);
    return {
      shard,
      owner: owned?.owner ?? null,
      epoch: owned?.epoch ?? 0,
      control,
      heldBack: this.states.closedToClaims(shard.shardId, run?.runId ?? '', false) ?? null,
      drained: control?.draining === true && inHand === 0,
      capacity: capacityOf([
        { maximumRate: maximumRate(shard), allowedRate: figures?.allowedRate ?? 0, actualRate: figures?.actualRate ?? 0 },
      ]),
      inFlight: figures?.inFlight ?? 0,
      startedHour: figures?.startedHour ?? null,
      startedDay: figures?.startedDay ?? null,
      runId: run?.runId ?? null,
      deliveries,
    };
  }
}

/** Several numbers together. */
export function capacityOf(numbers: readonly Pick<ShardFigures, 'maximumRate' | 'allowedRate' | 'actualRate'>[]): Capacity {
  const sum = (of: (one: (typeof numbers)[number]) => number): number => numbers.reduce((total, one) => total + of(one), 0);
  const availableRate = sum((one) => one.allowedRate);
  const actualRate = sum((one) => one.actualRate);
  return {
    maximumRate: sum((one) => one.maximumRate),
    availableRate,
    actualRate,
    // What was sent in the last second may have been allowed by a higher rate than now.
    utilisation: availableRate === 0 ? 0 : Math.min(1, actualRate / availableRate),
  };
}

function wabaStatuses(shards: readonly ShardStatus[], limits: ReadonlyMap<string, number>): WabaStatus[] {
  const startedBy = Map.groupBy(shards, ({ shard }) => shard.businessPortfolioId);
  return [...Map.groupBy(shards, ({ shard }) => shard.wabaId)].map(([wabaId, ofWaba]) => {
    const businessPortfolioId = ofWaba[0]?.shard.businessPortfolioId ?? '';
    return {
      wabaId,
      businessPortfolioId,
      shardIds: ofWaba.map(({ shard }) => shard.shardId),
      capacity: capacityOf(ofWaba.map(({ capacity }) => ({ ...capacity, allowedRate: capacity.availableRate }))),
      portfolioLimit: limits.get(businessPortfolioId) ?? null,
      portfolioStartedToday: (startedBy.get(businessPortfolioId) ?? []).reduce((total, one) => total + (one.startedDay ?? 0), 0),
    };
  });
}

/** Each once, the one that ends last: several pods may have found out about the same template. */
function stillOpen(owned: readonly OwnedFigures[], nowMs: number): TimedBreaker[] {
  const last = new Map<string, TimedBreaker>();
  for (const breaker of owned.flatMap(({ timedBreakers }) => timedBreakers)) {
    const id = `${breaker.scope} ${breaker.key}`;
    if (breaker.until > Math.max(nowMs, last.get(id)?.until ?? 0)) last.set(id, breaker);
  }
  return [...last.values()];
}
