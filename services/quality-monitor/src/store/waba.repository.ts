import type { Sql } from '@daybreak/database';
import type { WabaStateValue } from '../numbers/fold-waba.js';
import type { Prisma } from './prisma.js';

export interface MonitoredWaba {
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  /** Empty: none. */
  readonly restriction: string;
  /** -1 unlimited, 0 unknown. */
  readonly messagingLimit: number;
  readonly published: WabaStateValue | undefined;
  readonly version: number;
}

interface WabaRow {
  waba_id: string;
  business_portfolio_id: string;
  messaging_limit: number;
  restriction: string;
  mode: WabaStateValue['mode'] | null;
  reason: string;
  published_limit: number | null;
  version: number;
}

/** WABAs and their last published states. */
export class WabaRepository {
  constructor(private readonly prisma: Prisma) {}

  async ids(): Promise<string[]> {
    return (await this.prisma.waba.findMany({ select: { wabaId: true }, orderBy: { wabaId: 'asc' } })).map((waba) => waba.wabaId);
  }

  /** The limit belongs to the portfolio: all its WABAs share it. */
  async noteLimit(wabaId: string, messagingLimit: number): Promise<void> {
    const waba = await this.prisma.waba.findUnique({ where: { wabaId } });
    if (waba) await this.prisma.waba.updateMany({ where: { businessPortfolioId: waba.businessPortfolioId }, data: { messagingLimit } });
  }

  async noteLimitOfNumber(phoneNumberId: string, messagingLimit: number): Promise<void> {
    const number = await this.prisma.phoneNumber.findUnique({ where: { phoneNumberId } });
    if (number) await this.noteLimit(number.wabaId, messagingLimit);
  }

  /** @param restriction Meta's words for it; empty when it is lifted */
  async noteRestriction(wabaId: string, restriction: string, until: Date | null): Promise<void> {
    await this.prisma.waba.updateMany({ where: { wabaId }, data: { restriction, restrictedUntil: until } });
  }

  /** Restrictions with an end that has passed. */
  async liftExpired(now: Date): Promise<void> {
    await this.prisma.waba.updateMany({ where: { restrictedUntil: { lte: now } }, data: { restriction: '', restrictedUntil: null } });
  }

  async lockAll(tx: Sql): Promise<MonitoredWaba[]> {
    const rows = await tx.query<WabaRow>('select * from waba order by waba_id for update');
    return rows.map((row) => ({
      wabaId: row.waba_id,
      businessPortfolioId: row.business_portfolio_id,
      restriction: row.restriction,
      messagingLimit: row.messaging_limit,
      published: row.mode === null ? undefined : { mode: row.mode, reason: row.reason, messagingLimit: row.published_limit ?? 0 },
      version: row.version,
    }));
  }

  async savePublished(tx: Sql, wabaId: string, { mode, reason, messagingLimit }: WabaStateValue, version: number, at: Date): Promise<void> {
    await tx.execute('update waba set mode = $2, reason = $3, published_limit = $4, version = $5, changed_at = $6 where waba_id = $1', [
      wabaId,
      mode,
      reason,
      messagingLimit,
      version,
      at,
    ]);
  }
}
