import { Injectable } from '@nestjs/common';
import type { PackPart, Pack } from '../media/content-pack.js';
import { Prisma } from './prisma.js';

/** Content packs as compliance approved them. A pack does not change under its id. */
@Injectable()
export class PackRepository {
  constructor(private readonly prisma: Prisma) {}

  async add(packs: readonly Pack[]): Promise<void> {
    await this.prisma.pack.createMany({
      data: packs.map((pack) => ({
        contentPackId: pack.contentPackId,
        runDate: pack.runDate === null ? null : new Date(pack.runDate),
        parts: pack.parts as object[],
      })),
      skipDuplicates: true,
    });
  }

  async parts(contentPackIds: readonly string[]): Promise<Map<string, readonly PackPart[]>> {
    const rows = await this.prisma.pack.findMany({ where: { contentPackId: { in: [...contentPackIds] } } });
    return new Map(rows.map((row) => [row.contentPackId, row.parts as unknown as PackPart[]]));
  }

  async forgetBefore(runDate: string): Promise<void> {
    await this.prisma.pack.deleteMany({ where: { runDate: { lt: new Date(runDate) } } });
  }
}
