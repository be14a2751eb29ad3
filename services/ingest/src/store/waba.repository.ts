import { Injectable } from '@nestjs/common';
import { Prisma } from './prisma.js';

export interface Waba {
  readonly wabaId: string;
  /** Null: not checked yet, or it could not be read. */
  readonly subscribed: boolean | null;
}

/** WABAs whose webhooks ought to reach us. */
@Injectable()
export class WabaRepository {
  constructor(private readonly prisma: Prisma) {}

  /** Keeps the newest; returns the ones that were not known before. */
  async upsert(wabas: readonly { wabaId: string; version: bigint }[]): Promise<string[]> {
    const known = new Set((await this.all()).map((waba) => waba.wabaId));
    for (const { wabaId, version } of wabas) {
      await this.prisma.waba.upsert({ where: { wabaId }, create: { wabaId, version }, update: { version } });
    }
    return wabas.map((waba) => waba.wabaId).filter((wabaId) => !known.has(wabaId));
  }

  async forget(wabaIds: readonly string[]): Promise<void> {
    await this.prisma.waba.deleteMany({ where: { wabaId: { in: [...wabaIds] } } });
  }

  async all(): Promise<Waba[]> {
    return this.prisma.waba.findMany({ select: { wabaId: true, subscribed: true }, orderBy: { wabaId: 'asc' } });
  }

  async checked(wabaId: string, subscribed: boolean | null, at: Date): Promise<void> {
    await this.prisma.waba.updateMany({ where: { wabaId }, data: { subscribed, checkedAt: at } });
  }
}
