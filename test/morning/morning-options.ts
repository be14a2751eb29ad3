import type { ServiceSpec, Stack } from '@daybreak/local-stack';
import type { PackCategory } from './platform.js';
import type { RunTimes } from './run-plan.js';

export interface MorningOptions {
  readonly advisors: number;
  readonly speed: number;
  readonly seed: number;
  readonly scenario: string;
  /** Default: UTILITY, as the families file that ships. */
  readonly packCategory?: PackCategory | undefined;
  /** Logs, ledger, settings and report go here; it is emptied first. */
  readonly outDir: string;
  readonly namespace: string;
  /** Real seconds from the launch to 05:58:30: enough for every process to start and every event to be projected. */
  readonly leadSeconds: number | undefined;
  readonly say: (line: string) => void;
  /** Stores that somebody else started and will stop. Absent: the morning has its own. */
  readonly stack?: Stack | undefined;
  /** Default: those of the demo. */
  readonly times?: RunTimes | undefined;
  /** Variables of a service, or of one instance of it, over everything else. */
  readonly env?: Readonly<Record<string, Variables>> | undefined;
  /** Processes of a service of which there may be several. Default: one; of the sender, one for each number and a spare. */
  readonly replicas?: Readonly<Partial<Record<'scheduler' | 'sender', number>>> | undefined;
  /** What leads the services to a store by another way than its own address: a URL, or brokers, to what they are given instead. */
  readonly detour?: ((store: 'postgres' | 'redis' | 'kafka', address: string) => Promise<string>) | undefined;
}

export type Variables = NonNullable<ServiceSpec['env']>;
