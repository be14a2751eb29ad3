import { Injectable } from '@nestjs/common';
import { DeliveryLedger } from '../delivery/delivery-ledger.js';
import { withheld } from '../delivery/delivery-machine.js';
import { KnownStates } from '../states/known-states.js';
import { MediaRepository } from '../store/media.repository.js';
import { PackRepository } from '../store/pack.repository.js';
import { StatesRepository } from '../store/states.repository.js';
import type { Pack } from './content-pack.js';

export interface ArrivedPack extends Pack {
  /** Only for recipients who are named: uploaded by the numbers that get its deliveries, which nobody knows yet. */
  readonly forNamedRecipients: boolean;
}

export interface WithdrawnPack {
  readonly contentPackId: string;
  readonly reason: string;
  readonly withdrawnAtMs: number;
}

/** Deliveries of a recalled pack that are withheld in one transaction. */
const AT_ONCE = 1_000;

/** Packs bring their media long before they are planned; a withdrawn pack stops at once what waits, and in the last instant what was claimed. */
@Injectable()
export class TakePacks {
  constructor(
    private readonly packs: PackRepository,
    private readonly media: MediaRepository,
    private readonly states: StatesRepository,
    private readonly ledger: DeliveryLedger,
    private readonly known: KnownStates,
  ) {}

  async ready(arrived: readonly ArrivedPack[]): Promise<void> {
    await this.packs.add(arrived);
    const assets = arrived
      .filter((pack) => !pack.forNamedRecipients)
      .flatMap(({ runDate, parts }) => parts.flatMap((part) => (part.kind === 'image' ? { ...part, runDate, shared: true } : [])));
    if (assets.length > 0) await this.media.addAssets(assets);
  }

  async withdrawn(packs: readonly WithdrawnPack[]): Promise<void> {
    if (packs.length === 0) return;
    await this.states.addWithdrawnPacks(packs);
    const contentPackIds = packs.map((pack) => pack.contentPackId);
    for (const runDate of await this.known.runDatesNow()) {
      const withholdSome = () =>
        this.ledger.change({
          runDate,
          rows: { contentPackIds, limit: AT_ONCE },
          closesAtOf: this.known.closesAtOf,
          decide: (record) => {
            const next = withheld(record, 'withdrawn-pack');
            return next && { next };
          },
        });
      while ((await withholdSome()).length === AT_ONCE);
    }
  }
}
