import { Injectable } from '@nestjs/common';
import { MediaRepository } from '../store/media.repository.js';
import { PackRepository, type Pack } from '../store/pack.repository.js';
import { StatesRepository } from '../store/states.repository.js';

export interface ArrivedPack extends Pack {
  /** Only for recipients who are named: uploaded by the numbers that get its deliveries, which nobody knows yet. */
  readonly forNamedRecipients: boolean;
}

export interface WithdrawnPack {
  readonly contentPackId: string;
  readonly reason: string;
  readonly withdrawnAtMs: number;
}

/** Packs bring their media long before they are planned; a withdrawn pack stops in the last instant. */
@Injectable()
export class TakePacks {
  constructor(
    private readonly packs: PackRepository,
    private readonly media: MediaRepository,
    private readonly states: StatesRepository,
  ) {}

  async ready(arrived: readonly ArrivedPack[]): Promise<void> {
    await this.packs.add(arrived);
    const assets = arrived
      .filter((pack) => !pack.forNamedRecipients)
      .flatMap(({ runDate, parts }) => parts.flatMap((part) => (part.kind === 'image' ? { ...part, runDate, shared: true } : [])));
    if (assets.length > 0) await this.media.addAssets(assets);
  }

  async withdrawn(packs: readonly WithdrawnPack[]): Promise<void> {
    await this.states.addWithdrawnPacks(packs);
  }
}
