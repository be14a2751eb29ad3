import { Injectable } from '@nestjs/common';
import { Prisma } from './prisma.js';

export type PackPart =
  | {
      readonly kind: 'image';
      readonly url: string;
      readonly sha256: string;
      readonly mediaType: string;
      readonly sizeBytes: number;
      readonly isHeader: boolean;
    }
  | { readonly kind: 'text'; readonly text: string };

export interface Pack {
  readonly contentPackId: string;
  /** Null for a fallback pack, which serves any date. */
  readonly runDate: string | null;
  readonly parts: readonly PackPart[];
}

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
