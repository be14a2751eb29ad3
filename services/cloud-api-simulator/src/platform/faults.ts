import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import type { FaultSettings } from '../settings/incident-settings.js';

interface Fault {
  readonly id: string;
  readonly settings: FaultSettings;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly phoneNumberIds: ReadonlySet<string> | undefined;
  left: number;
}

export interface ActiveFault {
  readonly id: string;
  readonly settings: FaultSettings;
  readonly timesLeft: number | null;
}

/** What goes wrong with requests: added from settings or by the admin API, removed again, each with its own span, share and count. */
export class Faults {
  private faults: Fault[] = [];
  private added = 0;
  private readonly random: SeededRandom;

  /**
   * @param instantOf epoch ms of an instant in words of the settings
   * @param numbersNamed ids of the numbers a fault is limited to
   */
  constructor(
    seed: number,
    private readonly instantOf: (text: string) => number,
    private readonly numbersNamed: (name: string | number) => readonly { readonly id: string }[],
  ) {
    this.random = seededRandom(`${seed}/faults`);
  }

  add(settings: FaultSettings): string {
    this.added += 1;
    const fault: Fault = {
      id: `fault-${this.added}`,
      settings,
      fromMs: settings.from === undefined ? -Infinity : this.instantOf(settings.from),
      untilMs: settings.until === undefined ? Infinity : this.instantOf(settings.until),
      phoneNumberIds: settings.number === undefined ? undefined : new Set(this.numbersNamed(settings.number).map((n) => n.id)),
      left: settings.times ?? Infinity,
    };
    this.faults = [...this.faults, fault];
    return fault.id;
  }

  remove(id: string): boolean {
    const before = this.faults.length;
    this.faults = this.faults.filter((f) => f.id !== id);
    return this.faults.length < before;
  }

  clear(): void {
    this.faults = [];
  }

  list(): ActiveFault[] {
    return this.faults.map((f) => ({ id: f.id, settings: f.settings, timesLeft: Number.isFinite(f.left) ? f.left : null }));
  }

  /** The fault that strikes this request, if one does. */
  strike(endpoint: string, nodeId: string, nowMs: number): FaultSettings | undefined {
    for (const fault of this.faults) {
      const { settings } = fault;
      if (settings.endpoint !== '*' && settings.endpoint !== endpoint) continue;
      if (nowMs < fault.fromMs || nowMs >= fault.untilMs || fault.left <= 0) continue;
      if (fault.phoneNumberIds !== undefined && !fault.phoneNumberIds.has(nodeId)) continue;
      if (settings.share < 1 && !this.random.chance(settings.share)) continue;
      fault.left -= 1;
      return settings;
    }
    return undefined;
  }
}
