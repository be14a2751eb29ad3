import type { Sql } from '@daybreak/database';
import type { NumberFacts, NumberState } from '../numbers/fold-number.js';
import type { CapPlan, NumberRole, Registry } from '../registry/registry.js';
import type { Prisma } from './prisma.js';

/** One number: what is known of it, and what was published last (undefined: nothing yet). */
export interface MonitoredNumber {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  readonly weight: number;
  readonly displaySuffix: string;
  readonly facts: NumberFacts;
  readonly published: NumberState | undefined;
  readonly version: number;
}

/** What one reading of the platform, or one webhook, says of a number. Absent members were not said. */
export interface NumberReading {
  readonly status?: string | undefined;
  readonly qualityRating?: string | undefined;
  readonly throughputMps?: number | undefined;
  readonly canSendMessage?: string | undefined;
  readonly displaySuffix?: string | undefined;
  readonly displayKey?: string | undefined;
  readonly readAt?: Date | undefined;
  readonly cooldownUntil?: Date | undefined;
}

/** How one number's sends went in one minute of the run's clock. */
export interface NumberMinute {
  readonly phoneNumberId: string;
  readonly minuteMs: number;
  readonly attempts: number;
  readonly refused: number;
}

interface NumberRow {
  shard_id: string;
  phone_number_id: string;
  waba_id: string;
  business_portfolio_id: string;
  role: NumberRole;
  weight: number;
  status: string | null;
  quality_rating: string | null;
  throughput_mps: number | null;
  can_send_message: string | null;
  display_suffix: string;
  cooldown_until: Date | null;
  cap_plan: CapPlan;
  restriction: string;
  messaging_limit: number;
  attempts: number;
  refused: number;
  last_refused_minute: Date | null;
  mode: NumberState['mode'] | null;
  allowed_rate: number | null;
  daily_cap: number;
  hourly_cap: number;
  reason: string;
  mode_until: Date | null;
  version: number;
}

/** Numbers and their last published states. */
export class NumberRepository {
  constructor(private readonly prisma: Prisma) {}

  /** Makes the tables say what the registry says. Numbers that left it are returned and forgotten; what the platform said of the others is kept. */
  async register({ wabas, numbers }: Registry): Promise<string[]> {
    return this.prisma.$transaction(async (tx) => {
      const gone = await tx.phoneNumber.findMany({
        where: { shardId: { notIn: numbers.map((n) => n.shardId) } },
        select: { shardId: true },
      });
      await tx.phoneNumber.deleteMany({ where: { shardId: { in: gone.map((n) => n.shardId) } } });
      for (const { wabaId, businessPortfolioId } of wabas) {
        await tx.waba.upsert({ where: { wabaId }, create: { wabaId, businessPortfolioId }, update: { businessPortfolioId } });
      }
      for (const { shardId, phoneNumberId, wabaId, role, weight, hourlyCap, dailyCap, warmUp } of numbers) {
        const said = { phoneNumberId, wabaId, role, weight, capPlan: { hourlyCap, dailyCap, warmUp: warmUp && { ...warmUp } } };
        await tx.phoneNumber.upsert({ where: { shardId }, create: { shardId, ...said }, update: said });
      }
      return gone.map((n) => n.shardId);
    });
  }

  async registered(): Promise<{ shardId: string; phoneNumberId: string }[]> {
    return this.prisma.phoneNumber.findMany({ select: { shardId: true, phoneNumberId: true }, orderBy: { shardId: 'asc' } });
  }

  /** By Meta's id, or by the keyed hash of the display number where a webhook names only that. */
  async note(number: { readonly phoneNumberId: string } | { readonly displayKey: string }, reading: NumberReading): Promise<void> {
    const data = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
    await this.prisma.phoneNumber.updateMany({ where: number, data });
  }

  /** Adds to how sends went. */
  async count(tx: Sql, minutes: readonly NumberMinute[]): Promise<void> {
    await tx.execute(
      `insert into number_minute as m (phone_number_id, minute, attempts, refused)
       select * from unnest($1::text[], $2::timestamptz[], $3::int[], $4::int[])
       on conflict (phone_number_id, minute) do update set attempts = m.attempts + excluded.attempts, refused = m.refused + excluded.refused`,
      [
        minutes.map((m) => m.phoneNumberId),
        minutes.map((m) => new Date(m.minuteMs)),
        minutes.map((m) => m.attempts),
        minutes.map((m) => m.refused),
      ],
    );
  }

  /** All numbers, locked, so that two replicas do not publish the same change twice. @param recentSince how sends went from then on */
  async lockAll(tx: Sql, recentSince: Date): Promise<MonitoredNumber[]> {
    await tx.execute('delete from number_minute where minute < $1', [recentSince]);
    const rows = await tx.query<NumberRow>(
      `select n.*, w.business_portfolio_id, w.restriction, w.messaging_limit, s.*
       from phone_number n join waba w using (waba_id) cross join lateral (
         select coalesce(sum(attempts), 0) as attempts, coalesce(sum(refused), 0) as refused, max(minute) filter (where refused > 0) as last_refused_minute
         from number_minute m where m.phone_number_id = n.phone_number_id) as s
       order by shard_id for update of n`,
    );
    return rows.map(toMonitoredNumber);
  }

  async savePublished(
    tx: Sql,
    shardId: string,
    { mode, allowedRate, dailyCap, hourlyCap, reason, untilMs }: NumberState,
    version: number,
    at: Date,
  ): Promise<void> {
    await tx.execute(
      `update phone_number
       set mode = $2, allowed_rate = $3, daily_cap = $4, hourly_cap = $5, reason = $6, mode_until = $7, version = $8, changed_at = $9
       where shard_id = $1`,
      [shardId, mode, allowedRate, dailyCap, hourlyCap, reason, untilMs === null ? null : new Date(untilMs), version, at],
    );
  }
}

function toMonitoredNumber(row: NumberRow): MonitoredNumber {
  return {
    shardId: row.shard_id,
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
    businessPortfolioId: row.business_portfolio_id,
    weight: row.weight,
    displaySuffix: row.display_suffix,
    facts: {
      role: row.role,
      status: row.status,
      qualityRating: row.quality_rating,
      throughputMps: row.throughput_mps,
      canSendMessage: row.can_send_message,
      cooldownUntilMs: row.cooldown_until?.getTime() ?? null,
      wabaRestriction: row.restriction,
      recent: { attempts: row.attempts, refused: row.refused, lastRefusedMinuteMs: row.last_refused_minute?.getTime() ?? null },
      capPlan: row.cap_plan,
      messagingLimit: row.messaging_limit,
    },
    published:
      row.mode === null || row.allowed_rate === null
        ? undefined
        : {
            mode: row.mode,
            allowedRate: row.allowed_rate,
            dailyCap: row.daily_cap,
            hourlyCap: row.hourly_cap,
            reason: row.reason,
            untilMs: row.mode_until?.getTime() ?? null,
          },
    version: row.version,
  };
}
