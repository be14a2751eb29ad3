import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { AuditPublisher } from '../outbound/audit.publisher.js';
import type { Control } from '../states/control.js';
import { EVERY_SHARD, KnownStates } from '../states/known-states.js';
import { ControlRepository, type Word } from '../store/control.repository.js';

/** Whose word it is, and why. */
export interface Spoken {
  readonly actor: string;
  readonly reason: string;
}

/** What operators do to a shard, or to everybody, in the words of the audit log. */
export const STEERING = {
  paused: { paused: true },
  // Also the end of a drain. A rate that was set stays set.
  resumed: { paused: false, draining: false },
  drained: { draining: true },
} as const satisfies Record<string, Partial<Word>>;

/** An operator's word: committed with its audit entry, and in force in every pod within a second. */
@Injectable()
export class SteerShards {
  constructor(
    private readonly database: Database,
    private readonly controls: ControlRepository,
    private readonly audit: AuditPublisher,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Undefined for a shard that nobody knows. */
  async steer(shardId: string, how: keyof typeof STEERING, by: Spoken): Promise<Control | undefined> {
    return this.isKnown(shardId) ? this.say(shardId, STEERING[how], `shard.${how}`, by) : undefined;
  }

  /** @param maxRate messages per second; null: as the number allows */
  async limit(shardId: string, maxRate: number | null, by: Spoken): Promise<Control | undefined> {
    return this.isKnown(shardId) ? this.say(shardId, { maxRate }, 'shard.rate-set', by) : undefined;
  }

  /** The kill switch: nothing starts from any number. What is on the wire cannot be taken back. */
  async stopEverything(isOn: boolean, by: Spoken): Promise<Control> {
    return this.say(EVERY_SHARD, isOn ? STEERING.paused : STEERING.resumed, isOn ? 'kill-switch.on' : 'kill-switch.off', by);
  }

  /** False when nothing of that name stands still. */
  async closeBreaker(scope: string, key: string, by: Spoken): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const closed = await this.controls.closeBreaker(tx, scope, key);
      if (!closed) return false;
      await this.audit.recorded(tx, {
        actor: by.actor,
        action: 'breaker.closed',
        object: `breaker/${scope}/${key}`,
        before: closed,
        details: { reason: by.reason },
        atMs: this.clock.nowMs(),
      });
      this.logger.warn({ scope, key, ...by }, 'breaker closed by an operator');
      return true;
    });
  }

  private isKnown(shardId: string): boolean {
    return this.states.shard(shardId) !== undefined;
  }

  private async say(shardId: string, word: Partial<Word>, action: string, by: Spoken): Promise<Control> {
    const control = await this.database.transaction(async (tx) => {
      const before = await this.controls.lock(tx, shardId);
      const after = await this.controls.say(tx, shardId, word, by);
      await this.audit.recorded(tx, {
        actor: by.actor,
        action,
        object: `shard/${shardId}`,
        before: before && wordOf(before),
        after: wordOf(after),
        details: { reason: by.reason },
        atMs: this.clock.nowMs(),
      });
      return after;
    });
    this.logger.warn({ shardId, action, ...by }, 'an operator spoke');
    return control;
  }
}

const wordOf = ({ paused, draining, maxRate }: Control): Word => ({ paused, draining, maxRate });
