import { isSendable, type TemplateQualityScore, type TemplateStatus } from './template-status.js';

/** One version of a family in one language. */
export interface TemplateVersion {
  /** e.g. `v2`; compared by its number. */
  readonly version: string;
  readonly status: TemplateStatus;
  readonly quality: TemplateQualityScore;
}

/** Which versions of a template serve. */
export interface Selection<V extends TemplateVersion> {
  /** What the next plan uses; undefined when nothing may be sent. */
  readonly active: V | undefined;
  /** What the plan names as its replacement. */
  readonly standby: V | undefined;
  /** False when the active version is APPROVED but not GREEN: Meta may pace it, and the gate must say so. */
  readonly activeIsGreen: boolean;
}

const QUALITY_RANK: Readonly<Record<TemplateQualityScore, number>> = { GREEN: 3, UNKNOWN: 2, YELLOW: 1, RED: 0 };

const versionNumber = (version: string): number => Number(/\d+/.exec(version)?.[0] ?? 0);

/**
 * The best APPROVED and GREEN version. The current one stays as long as it is both, and, where none is GREEN, as long as
 * it is APPROVED: nothing rotates without need, and only to a GREEN version, since Meta paces any other. Where the current
 * one may not be sent and none is GREEN, a paced version is better than a silent morning; `activeIsGreen` tells the gate.
 */
export function selectActive<V extends TemplateVersion>(versions: readonly V[], currentVersion?: string): Selection<V> {
  const sendable = versions
    .filter((v) => isSendable(v.status))
    .toSorted(
      (a, b) =>
        QUALITY_RANK[b.quality] - QUALITY_RANK[a.quality] ||
        Number(b.version === currentVersion) - Number(a.version === currentVersion) ||
        versionNumber(b.version) - versionNumber(a.version),
    );
  const best = sendable[0];
  const current = sendable.find((v) => v.version === currentVersion);
  const active = best?.quality === 'GREEN' ? best : (current ?? best);
  return { active, standby: sendable.find((v) => v !== active), activeIsGreen: active?.quality === 'GREEN' };
}
