import { DateTime } from 'luxon';
import type { Waba } from '../platform/accounts.js';
import { invalidParameter, noSuchObject, requiredParameter } from '../platform/graph-error.js';
import { healthOf } from '../platform/health.js';
import type { Simulation } from '../platform/simulation.js';
import type { Template } from '../platform/template.js';
import { selectFields } from './fields.js';
import { SUCCESS, textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
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
      last_updated_time: () =>
        DateTime.fromMillis(Math.max(template.qualityScoreAtMs, ...template.editsAtMs), { zone: 'utc' }).toFormat(
          "yyyy-MM-dd'T'HH:mm:ssZZZ",
        ),
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
  const filter = (name: string): string[] | undefined =>
    textParameter(call, name)
      ?.replace(/[[\]"\s]/g, '')
      .split(',');
  const [name, languages, statuses, categories, scores] = [
    textParameter(call, 'name') ?? textParameter(call, 'name_or_content'),
    filter('language'),
    filter('status'),
    filter('category'),
    filter('quality_score'),
  ];
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
  const headers = manageOwner(simulation, template, call);
  return { body: templateFields(simulation, template, textParameter(call, 'fields')), headers };
}

export function createTemplate(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  const template = simulation.submissions.create(waba, withJsonMembers(call));
  witness(call, template);
  return { body: { id: template.id, status: template.status, category: template.category }, headers };
}

export function editTemplate(simulation: Simulation, template: Template, call: GraphCall): GraphAnswer {
  const headers = manageOwner(simulation, template, call);
  simulation.submissions.edit(template, withJsonMembers(call));
  return { ...SUCCESS, headers };
}

/** `DELETE /{waba_id}/message_templates?name=`, with `hsm_id` for one language alone. */
export function deleteTemplates(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  const name = textParameter(call, 'name');
  if (name === undefined) throw requiredParameter('name');
  simulation.submissions.delete(waba, name, textParameter(call, 'hsm_id'));
  return { ...SUCCESS, headers };
}

export function unpauseTemplate(simulation: Simulation, template: Template, call: GraphCall): GraphAnswer {
  const headers = manageOwner(simulation, template, call);
  simulation.submissions.unpause(template);
  return { ...SUCCESS, headers };
}

function manageOwner(simulation: Simulation, template: Template, call: GraphCall): Record<string, string> {
  witness(call, template);
  const waba = simulation.directory.wabas.get(template.wabaId);
  if (waba === undefined) throw noSuchObject(call.method, template.id);
  return manage(simulation, waba, call);
}

function witness(call: GraphCall, template: Template): void {
  call.witness.template = template.name;
  call.witness.language = template.language;
  call.witness.template_id = template.id;
}

/** The submission; `components` may also be JSON in a form. */
function withJsonMembers(call: GraphCall): Readonly<Record<string, unknown>> {
  const { components } = call.parameters;
  if (typeof components !== 'string') return call.parameters;
  try {
    return { ...call.parameters, components: JSON.parse(components) as unknown };
  } catch {
    throw invalidParameter('Param components must be valid JSON.');
  }
}
