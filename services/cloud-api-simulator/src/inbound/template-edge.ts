import { DateTime } from 'luxon';
import type { Waba } from '../platform/accounts.js';
import { healthOf } from '../platform/health.js';
import type { Simulation } from '../platform/simulation.js';
import type { Template } from '../platform/template.js';
import { selectFields } from './fields.js';
import { textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
import { appsOf } from './number-node.js';
import { page } from './paging.js';
import { manage } from './waba-node.js';

const BY_DEFAULT = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id'];

function templateFields(simulation: Simulation, template: Template, fields: string | undefined): Record<string, unknown> {
  return selectFields(
    {
      id: () => template.id,
      name: () => template.name,
      language: () => template.language,
      status: () => template.status,
      category: () => template.category,
      previous_category: () => template.previousCategory,
      correct_category: () => template.category,
      parameter_format: () => template.parameterFormat,
      components: () => template.components,
      quality_score: () => ({ score: template.qualityScore, date: Math.floor(template.qualityScoreAtMs / 1_000) }),
      rejected_reason: () => template.rejectedReason,
      message_send_ttl_seconds: () => template.messageSendTtlSeconds,
      cta_url_link_tracking_opted_out: () => false,
      library_template_name: () => undefined,
      sub_category: () => undefined,
      last_updated_time: () => DateTime.fromMillis(Math.max(template.qualityScoreAtMs, ...template.editsAtMs), { zone: 'utc' }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZZ"),
      health_status: () => {
        const waba = simulation.directory.wabas.get(template.wabaId);
        return waba === undefined ? undefined : healthOf({ template, waba, apps: appsOf(simulation, waba) });
      },
    },
    fields,
    BY_DEFAULT,
  );
}

/** `GET /{waba_id}/message_templates`, filtered by `name` (a part of it), `language`, `status`, `category`, `content`, `quality_score`. */
export function listTemplates(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  const filter = (name: string): string[] | undefined => textParameter(call, name)?.replace(/[[\]"\s]/g, '').split(',');
  const [name, languages, statuses, categories, scores] = [textParameter(call, 'name'), filter('language'), filter('status'), filter('category'), filter('quality_score')];
  const matching = simulation.templates
    .of(waba.id)
    .filter(
      (t) =>
        (name === undefined || t.name.includes(name)) &&
        (languages === undefined || languages.includes(t.language)) &&
        (statuses === undefined || statuses.includes(t.status)) &&
        (categories === undefined || categories.includes(t.category)) &&
        (scores === undefined || scores.includes(t.qualityScore)),
    );
  const fields = textParameter(call, 'fields');
  return { body: page(call, matching, (t) => templateFields(simulation, t, fields)), headers };
}

export function getTemplate(simulation: Simulation, template: Template, call: GraphCall): GraphAnswer {
  call.witness.template = template.name;
  call.witness.language = template.language;
  return { body: templateFields(simulation, template, textParameter(call, 'fields')) };
}
