import type { Prisma } from './prisma.js';

/** WABAs whose templates are watched. */
export class WabaRepository {
  constructor(private readonly prisma: Prisma) {}

  /** The newest version wins; without one the WABA is gone. */
  async take(wabas: readonly { readonly wabaId: string; readonly version: bigint | undefined }[]): Promise<void> {
    for (const { wabaId, version } of wabas) {
      if (version === undefined) await this.prisma.waba.deleteMany({ where: { wabaId } });
      else await this.prisma.waba.upsert({ where: { wabaId }, create: { wabaId, version }, update: { version } });
    }
  }

  async ids(): Promise<string[]> {
    return (await this.prisma.waba.findMany({ select: { wabaId: true }, orderBy: { wabaId: 'asc' } })).map((waba) => waba.wabaId);
  }

  /** False while what one of them has is not known. */
  async areAllListed(): Promise<boolean> {
    return (await this.prisma.waba.count({ where: { listedAt: null } })) === 0;
  }
}
