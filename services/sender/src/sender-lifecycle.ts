import { CloudApiClient } from '@daybreak/cloud-api';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FollowConsentDirect } from './inbound/follow-consent-direct.js';
import { Housekeeping } from './shard/housekeeping.js';
import { ShardOwner } from './shard/shard-owner.js';
import { WatchAccounts } from './shard/watch-accounts.js';
import { KnownStates } from './states/known-states.js';

/**
 * The order in which a pod starts and stops. It stops before the event bus and the database do: shards are handed over first, so that every
 * result is written and every fact is in the outbox while there still are stores to take them.
 */
@Injectable()
export class SenderLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly states: KnownStates,
    private readonly consent: FollowConsentDirect,
    private readonly housekeeping: Housekeeping,
    private readonly owner: ShardOwner,
    private readonly accounts: WatchAccounts,
    private readonly api: CloudApiClient,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.states.start();
    await this.consent.start();
    this.housekeeping.start();
    this.owner.start();
    this.accounts.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.owner.stop();
    await Promise.all([this.housekeeping.stop(), this.accounts.stop()]);
    await this.consent.stop();
    this.states.stop();
    await this.api.close();
  }
}
