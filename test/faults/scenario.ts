import type { MorningOptions } from '../morning/morning-options.js';
import { MESSAGES_PER_SECOND } from '../morning/platform.js';
import { RUN_TIMES, type RunTimes } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';

/** What must be true after a morning, whatever happened in it. Each is checked in `invariants.ts`, by code that shares nothing with the services. */
export type Invariant =
  /** Everybody eligible has exactly one accepted message. */
  | 'I1'
  /** No campaign POST outside the window. */
  | 'I2'
  /** No POST more than a second after a STOP was acknowledged; never one to somebody without consent. */
  | 'I3'
  /** Nothing is posted without a claim that was committed before it, and no claim is posted twice. */
  | 'IC'
  /** The sender's rows count what the platform counted. */
  | 'I5'
  /** A number's epoch never goes back: at most one owner at a time. */
  | 'I6'
  /** A number's limit holds in every rolling second, and nothing is refused for rate. */
  | 'I7'
  /** Nothing is stuck. */
  | 'I10'
  /** The report says what the ledger says. */
  | 'I12';

export const ALL_INVARIANTS: readonly Invariant[] = ['I1', 'I2', 'I3', 'IC', 'I5', 'I6', 'I7', 'I10', 'I12'];

/** How the morning of a scenario runs. */
export interface MorningPlan {
  readonly advisors: number;
  /** Virtual seconds in a real one. Leases, claim lives and time-outs are real: a take-over of 12 s costs 48 s of the window at 4. */
  readonly speed: number;
  /** A simulator scenario, by name or path. */
  readonly scenario: string;
  readonly times: RunTimes;
  readonly env: NonNullable<MorningOptions['env']>;
  readonly replicas: NonNullable<MorningOptions['replicas']>;
}

/** How well the morning has to end in spite of the fault. */
export interface Expectation {
  /** Least share of those who can be reached that Meta stamped `sent` before the deadline, 0 to 1. */
  readonly onTime: number;
  /** False: not everybody can be served; who is not must end in a known state, with a reason. */
  readonly everybody: boolean;
  /** `disclosed`: two accepted messages are allowed where the report owns up to them. */
  readonly duplicates: 'never' | 'disclosed';
  /** True: the fault is that Meta says 130429. */
  readonly rateLimited: boolean;
  /** Messages per second that each number may take in; less than the platform's limit where an operator said so. */
  readonly numberLimit: number;
}

/** One fault, or a few of a kind, in a morning of its own. */
export interface Scenario {
  /** `F1`: as `make faults ONLY=` names it. */
  readonly id: string;
  readonly title: string;
  /** Those that must hold. Leave one out only where the fault itself breaks it, and say why. */
  readonly invariants: readonly Invariant[];
  readonly morning?: Partial<MorningPlan>;
  readonly expect?: Partial<Expectation>;
  /** True: it damages a store, or stops one for everybody; it gets its own. */
  readonly ownStack?: boolean;
  /** True: proxies lie on the links, and `context.network` makes them bad. */
  readonly badNetwork?: boolean;
  /** Its stores lie on a disk of so many megabytes, which `context.disk` fills. */
  readonly smallDiskMb?: number;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly cannotRun?: () => string | undefined;
  /** Called when everybody is known and the plan is not frozen yet. Must prove with `context.bit()` that its fault struck something. */
  run(context: FaultContext): Promise<void>;
}

/** Three minutes of window, the first two for first attempts: at 4× a take-over and its recovery fit in twice. */
export const SHORT_MORNING: MorningPlan = {
  advisors: 480,
  speed: 4,
  scenario: 'ideal',
  times: {
    FREEZE_AT: '05:58:40',
    STAGED_BY: '05:59:10',
    WINDOW_OPENS: '05:59:30',
    WINDOW_CLOSES: '06:02:30',
    SLA_DEADLINE: '06:03:00',
    LIVE_SEAL_AT: '06:03:45',
  },
  env: {},
  replicas: {},
};

/** What two cores carry of a morning for thousands: the real window, at less speed. */
export const LARGE_MORNING = { from: 2_000, over: { speed: 2, times: RUN_TIMES } } as const;

export const FULL_MARKS: Expectation = {
  onTime: 0.99,
  everybody: true,
  duplicates: 'never',
  rateLimited: false,
  numberLimit: MESSAGES_PER_SECOND,
};
