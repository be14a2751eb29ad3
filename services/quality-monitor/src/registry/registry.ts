import { invalid, reasonOf, type Violation } from '@daybreak/kernel';
import type { WarmUp } from '@daybreak/shards';
import { parse } from 'yaml';
import { z } from 'zod';

export type NumberRole = 'primary' | 'standby';

/** A new number's first days: its daily cap grows until it reaches the target. */
export interface WarmUpPlan extends WarmUp {
  /** Its first day, `YYYY-MM-DD` where the recipients live. */
  readonly startedOn: string;
}

/** Unique recipients that a number may start; undefined where nothing of its own caps it. */
export interface CapPlan {
  /** In a rolling hour. */
  readonly hourlyCap?: number | undefined;
  readonly dailyCap?: number | undefined;
  readonly warmUp?: WarmUpPlan | undefined;
}

export interface RegisteredNumber extends CapPlan {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly wabaId: string;
  readonly role: NumberRole;
  /** Share of the recipients relative to the other numbers. A standby takes none until it is activated. */
  readonly weight: number;
}

export interface RegisteredWaba {
  readonly wabaId: string;
  readonly businessPortfolioId: string;
}

export interface Registry {
  readonly wabas: readonly RegisteredWaba[];
  readonly numbers: readonly RegisteredNumber[];
}

const id = z.string().regex(/^\d{5,18}$/, 'must be 5 to 18 digits, in quotes');

const cap = z.number().int().positive();

const warmUp = z
  .strictObject({
    startedOn: z.iso.date('must be a date, YYYY-MM-DD'),
    firstDayCap: cap,
    factorPerDay: z.number().min(1.1).max(10).default(2),
    targetCap: cap,
  })
  .refine((plan) => plan.targetCap > plan.firstDayCap, { path: ['targetCap'], error: 'must be above firstDayCap' });

const schema = z.strictObject({
  wabas: z
    .array(
      z.strictObject({
        wabaId: id,
        businessPortfolioId: id,
        numbers: z
          .array(
            z.strictObject({
              shardId: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9 and -, and start with a letter'),
              phoneNumberId: id,
              role: z.enum(['primary', 'standby']),
              weight: z.number().positive().max(100).default(1),
              hourlyCap: cap.optional(),
              dailyCap: cap.optional(),
              warmUp: warmUp.optional(),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

/** The registry in a YAML text. Throws an `invalid` error that names every place and reason. */
export function parseRegistry(text: string): Registry {
  const parsed = schema.safeParse(yamlOf(text));
  if (!parsed.success)
    throw invalid(...parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'the file', reason: issue.message })));
  const { wabas } = parsed.data;
  const numbers = wabas.flatMap((waba) => waba.numbers.map((number) => ({ ...number, wabaId: waba.wabaId })));
  const twice = [...usedTwice('shardId', numbers.map((n) => n.shardId)), ...usedTwice('phoneNumberId', numbers.map((n) => n.phoneNumberId)), ...usedTwice('wabaId', wabas.map((w) => w.wabaId))]; // prettier-ignore
  if (twice.length > 0) throw invalid(...twice);
  return { wabas: wabas.map(({ wabaId, businessPortfolioId }) => ({ wabaId, businessPortfolioId })), numbers };
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid({ field: 'the file', reason: reasonOf(error) });
  }
}

const usedTwice = (field: string, values: readonly string[]): Violation[] =>
  values.filter((value, index) => values.indexOf(value) !== index).map((value) => ({ field, reason: `${value} is used twice` }));
