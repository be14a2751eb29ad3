import type { SeededRandom } from '@daybreak/kernel';
import type { SendWindow } from '@daybreak/timing';
import { FIRST, TEMPLATE } from './setting.js';
import { LOCKED, TEMPLATE_PAUSED, TOO_FAST, UNREACHABLE, type Weather } from './weather.js';

/** How long Meta answers nobody, where the weather says so: longer than it takes a number to notice. */
const SILENT_FOR_MS = 20_000;

/** What Meta does with one POST. */
export type Fate =
  | { readonly kind: 'refused'; readonly code: number }
  /** Taken; `isHeard` when the answer arrives. */
  | { readonly kind: 'taken'; readonly isHeard: boolean }
  /** Not taken, and nobody says so. */
  | { readonly kind: 'swallowed' };

/** Meta in one morning's weather: what goes wrong for good begins at an instant of the window, the rest is drawn for each POST. */
export class Meta {
  readonly haltedFromMs: number;
  private readonly lockedFromMs: number;
  private readonly pausedFromMs: number;
  private readonly silentFromMs: number;

  constructor(
    private readonly weather: Weather,
    private readonly random: SeededRandom,
    { opensAt, firstAttemptsEndAt }: SendWindow,
  ) {
    const somewhen = (happens: boolean): number => (happens ? random.int(opensAt, firstAttemptsEndAt) : Number.POSITIVE_INFINITY);
    this.haltedFromMs = somewhen(weather.halted);
    this.lockedFromMs = somewhen(weather.locked);
    this.pausedFromMs = somewhen(weather.templatePaused);
    this.silentFromMs = somewhen(weather.silent);
  }

  take(shardId: string, template: string, nowMs: number): Fate {
    const { weather, random } = this;
    if (nowMs >= this.silentFromMs && nowMs < this.silentFromMs + SILENT_FOR_MS) return { kind: 'swallowed' };
    if (shardId === FIRST && nowMs >= this.lockedFromMs) return { kind: 'refused', code: LOCKED };
    if (template === TEMPLATE && nowMs >= this.pausedFromMs) return { kind: 'refused', code: TEMPLATE_PAUSED };
    const luck = random.next();
    if (luck < weather.tooFast) return { kind: 'refused', code: TOO_FAST };
    if (luck < weather.tooFast + weather.refused) return { kind: 'refused', code: UNREACHABLE };
    if (random.chance(weather.swallowed)) return { kind: 'swallowed' };
    return { kind: 'taken', isHeard: !random.chance(weather.answerLost) };
  }
}
