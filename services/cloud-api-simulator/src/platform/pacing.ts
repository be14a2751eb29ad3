import type { PacingSettings } from '../settings/primitives.js';

/**
 * Meta's pacing of one template or portfolio: so many messages go out, the rest is held until the platform has seen how people
 * take the first ones; then all held ones go out, or none does.
 */
export class Pacing {
  private passed = 0;
  private readonly held: ((verdict: 'release' | 'drop') => void)[] = [];
  verdict: 'release' | 'drop' | undefined;

  constructor(readonly settings: PacingSettings) {}

  /** Whether the next message is held back. The first ones are not, and none is after a release. */
  holdsNext(): boolean {
    if (this.verdict !== undefined) return false;
    if (this.passed >= this.settings.allowance) return true;
    this.passed += 1;
    return false;
  }

  /** Keeps a message back; returns true for the first one, which starts the judging. */
  hold(decide: (verdict: 'release' | 'drop') => void): boolean {
    this.held.push(decide);
    return this.held.length === 1;
  }

  judge(verdict: 'release' | 'drop'): void {
    this.verdict = verdict;
    for (const decide of this.held.splice(0)) decide(verdict);
  }

  get heldCount(): number {
    return this.held.length;
  }
}
