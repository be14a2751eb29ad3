import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ReadinessObservedSchema,
  ReadinessState,
  TemplateRole,
  TemplateStateSchema,
  type ReadinessObserved,
  type TemplateState,
} from '@daybreak/contracts';
import type { LanguageVerdict, Role, VersionState } from './fold-families.js';

const ROLES: Readonly<Record<Role, TemplateRole>> = { active: TemplateRole.ACTIVE, standby: TemplateRole.STANDBY, none: TemplateRole.NONE };

export const toTemplateState = (state: VersionState, version: number, atMs: number): TemplateState =>
  create(TemplateStateSchema, {
    family: state.family,
    language: state.language,
    templateVersion: state.version,
    name: state.name,
    wabas: state.wabas.map((waba) => ({ ...waba })),
    role: ROLES[state.role],
    bodyParameterNames: [...state.shape.bodyParameterNames],
    namedParameters: state.shape.namedParameters,
    hasImageHeader: state.shape.hasImageHeader,
    quickReplyPayloads: [...state.shape.quickReplyPayloads],
    changedAt: timestampFromMs(atMs),
    version: BigInt(version),
    reason: state.reason,
  });

const VERDICTS: Readonly<Record<LanguageVerdict['state'], ReadinessState>> = {
  ok: ReadinessState.OK,
  degraded: ReadinessState.DEGRADED,
  failed: ReadinessState.FAILED,
};

export const toReadiness = ({ family, language, state, detail }: LanguageVerdict, atMs: number, staleAtMs: number): ReadinessObserved =>
  create(ReadinessObservedSchema, {
    checkId: `template-approved/${family}.${language}`,
    state: VERDICTS[state],
    detail,
    observedAt: timestampFromMs(atMs),
    staleAt: timestampFromMs(staleAtMs),
  });
