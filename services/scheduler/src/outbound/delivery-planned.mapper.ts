import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  DeliveryPlannedSchema,
  MediaAssetSchema,
  TemplateChoiceSchema,
  type DeliveryPlanned,
  type MediaAsset,
  type TemplateChoice,
} from '@daybreak/contracts';
import { parametersOf } from '../plan/decide.js';
import type { PackImage, PlanInputs, PlanTemplate } from '../plan/plan-inputs.js';
import type { PlannedDelivery } from '../plan/plan-line.js';
import type { Run } from '../run/run.js';

/** Turns the rows of one frozen plan into events. Packs and templates are looked up once, not once per delivery. */
export function deliveryPlannedMapper(run: Run, inputs: PlanInputs): (delivery: PlannedDelivery) => DeliveryPlanned {
  const packs = new Map(inputs.packs.map((pack) => [pack.contentPackId, { pack, image: toMediaAsset(pack.headerImage) }]));
  const templates = new Map(inputs.templates.map((template) => [keyOf(template), { template, choice: toTemplateChoice(template) }]));
  const sameForAll = {
    runId: run.runId,
    tenantId: run.tenantId,
    runDate: run.runDate,
    windowOpensAt: timestampFromMs(run.window.opensAt),
    windowClosesAt: timestampFromMs(run.window.closesAt),
    deadlineAt: timestampFromMs(run.window.deadlineAt),
    planHash: run.planHash ?? '',
  };
  return (delivery) => {
    const { pack, image } = known(packs.get(delivery.contentPackId), delivery);
    const templateOf = (templateVersion: string) =>
      known(templates.get(keyOf({ family: delivery.templateFamily, language: delivery.language, templateVersion })), delivery);
    const template = templateOf(delivery.templateVersion);
    const standby = delivery.standbyTemplateVersion === undefined ? undefined : templateOf(delivery.standbyTemplateVersion);
    return create(DeliveryPlannedSchema, {
      ...sameForAll,
      deliveryId: delivery.deliveryId,
      recipientId: delivery.recipientId,
      shardId: delivery.shardId,
      sealedAddress: delivery.sealedAddress,
      addressKey: delivery.addressKey,
      template: template.choice,
      ...(standby === undefined ? {} : { standbyTemplate: standby.choice }),
      ...(template.template.hasImageHeader || standby?.template.hasImageHeader ? { headerMedia: image } : {}),
      bodyParameters: parametersOf([template.template, standby?.template], pack, delivery.recipientParameters),
      contentPackId: delivery.contentPackId,
      contentHash: delivery.contentHash,
      fallback: delivery.fallback,
      critical: delivery.critical,
      language: delivery.language,
      dueAt: timestampFromMs(delivery.dueAt.getTime()),
      deliveryMode: delivery.deliveryMode,
    });
  };
}

const keyOf = (template: Pick<PlanTemplate, 'family' | 'language' | 'templateVersion'>): string =>
  `${template.family}/${template.language}/${template.templateVersion}`;

/** A plan names only packs and templates of its own inputs. */
function known<T>(found: T | undefined, delivery: PlannedDelivery): T {
  if (found === undefined)
    throw new RangeError(`delivery ${delivery.deliveryId} names a pack or template that is not among the plan's inputs`);
  return found;
}

const toMediaAsset = (image: PackImage): MediaAsset =>
  create(MediaAssetSchema, { sha256: image.sha256, url: image.url, mediaType: image.mediaType, sizeBytes: BigInt(image.sizeBytes) });

const toTemplateChoice = (template: PlanTemplate): TemplateChoice =>
  create(TemplateChoiceSchema, {
    name: template.name,
    language: template.language,
    bodyParameterNames: [...template.bodyParameterNames],
    namedParameters: template.namedParameters,
    hasImageHeader: template.hasImageHeader,
    quickReplyPayloads: [...template.quickReplyPayloads],
    category: template.category,
  });
