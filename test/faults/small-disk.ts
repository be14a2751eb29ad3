import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MOST_TRIES = 50;

/** A disk of a few megabytes for the stores of one morning, that can be filled to the last byte and freed again. */
export class SmallDisk {
  /** Bytes of the ballast. */
  private taken = 0;

  private constructor(readonly folder: string) {}

  /** Why this machine cannot have one; undefined when it can. */
  static unavailable(): string | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small disk is a tmpfs, and mounting one takes root on Linux';
    try {
      SmallDisk.mount(1).unmount();
      return undefined;
    } catch {
      return 'this machine does not let root mount a tmpfs';
    }
  }

  static mount(megabytes: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'daybreak-disk-'));
    // Others may enter: PostgreSQL does not run as root.
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder], { stdio: 'pipe' });
    return new SmallDisk(folder);
  }

  /** Takes all that is left, in a race with the stores, who write on. Again: what they have given back. Returns how many megabytes are taken. */
  fill(): number {
    for (let tries = 1; this.left > 0; tries += 1) {
      const { left } = this;
      try {
        execFileSync('fallocate', ['-o', String(this.taken), '-l', String(left), this.ballast], { stdio: 'pipe' });
        this.taken += left;
      } catch (error) {
        if (tries === MOST_TRIES) throw error; // else somebody took a part of it since we looked
      }
    }
    return Math.round(this.taken / 1_048_576);
  }

  free(): void {
    rmSync(this.ballast, { force: true });
    this.taken = 0;
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'pipe' });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Bytes. */
  private get left(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
