// Where two OpenAPI descriptions of the same API differ, in the endpoints that ours has.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PARAMETER_ALIASES = { applicationid: 'appid', whatsappbusinessaccountid: 'wabaid', uploadid: 'uploadsessionid' };
const MAX_DEPTH = 8; // nested fields; deep enough for every request, and an end to recursive schemas

/** `/{Version}/{Phone-Number-ID}/messages` and `/{phone_number_id}/messages` are the same endpoint. */
export const normalisedPath = (path) =>
  path
    .split('/')
    .filter((segment) => !/^\{version\}$/i.test(segment))
    .map((segment) =>
      segment.replace(/\{([^}]+)\}/g, (_, name) => {
        const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
        return `{${PARAMETER_ALIASES[plain] ?? plain}}`;
      }),
    )
    .join('/');

function operationsOf(spec) {
  const operations = new Map();
  for (const [path, item] of Object.entries(spec.paths ?? {})) {
    for (const method of METHODS) {
      if (!item[method]) continue;
      const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((p) => resolved(spec, p));
      operations.set(`${method.toUpperCase()} ${normalisedPath(path)}`, { ...item[method], parameters });
    }
  }
  return operations;
}

function resolved(spec, node) {
  let current = node;
  for (let hops = 0; current?.$ref && hops < 20; hops += 1) {
    current = current.$ref
      .replace('#/', '')
      .split('/')
      .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], spec);
  }
  return current ?? {};
}

/** Every field of a schema by its path, with its type; alternatives are laid on top of each other. */
function fieldsOf(spec, schema, prefix = '', depth = 0, into = new Map()) {
  const node = resolved(spec, schema);
  if (depth > MAX_DEPTH) return into;
  for (const part of [...(node.allOf ?? []), ...(node.oneOf ?? []), ...(node.anyOf ?? [])]) fieldsOf(spec, part, prefix, depth, into);
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    const child = resolved(spec, property);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const known = into.get(path) ?? { types: new Set(), values: new Set(), required: false };
    for (const type of typesOf(child)) known.types.add(type);
    for (const value of child.enum ?? (child.const === undefined ? [] : [child.const])) known.values.add(String(value));
    known.required ||= (node.required ?? []).includes(name);
    into.set(path, known);
    fieldsOf(spec, child, path, depth + 1, into);
    if (child.items) fieldsOf(spec, child.items, `${path}[]`, depth + 1, into);
  }
  return into;
}

function typesOf(schema) {
  if (schema.type) return [schema.type].flat();
  if (schema.const !== undefined) return [typeof schema.const];
  if (schema.enum) return [...new Set(schema.enum.map((value) => typeof value))];
  return schema.properties || schema.allOf || schema.oneOf || schema.anyOf ? ['object'] : [];
}

const jsonSchemaIn = (content) => Object.entries(content ?? {}).find(([type]) => /json|form-data/.test(type))?.[1].schema;

const requestOf = (spec, operation) => fieldsOf(spec, jsonSchemaIn(resolved(spec, operation.requestBody ?? {}).content) ?? {});
const answerOf = (spec, operation) => fieldsOf(spec, jsonSchemaIn(resolved(spec, operation.responses?.['200'] ?? {}).content) ?? {});
const queryOf = (operation) =>
  new Map(
    operation.parameters
      .filter((p) => p.in === 'query')
      .map((p) => [p.name, { types: new Set(typesOf(p.schema ?? {})), values: new Set(), required: p.required === true }]),
  );

function differences(part, ours, theirs) {
  const found = [];
  for (const [name, field] of ours) {
    const other = theirs.get(name);
    if (!other) {
      found.push(`${part}: only ours has ${name}`);
      continue;
    }
    const [a, b] = [[...field.types].sort().join('|'), [...other.types].sort().join('|')];
    if (a !== '' && b !== '' && a !== b) found.push(`${part}: ${name} is ${a} here, ${b} there`);
    if (part !== 'answer' && field.required !== other.required)
      found.push(`${part}: ${name} is ${field.required ? 'required here, optional' : 'optional here, required'} there`);
    const missing = [...other.values].filter((value) => field.values.size > 0 && !field.values.has(value));
    if (missing.length > 0) found.push(`${part}: ${name} may also be ${missing.join(', ')} there`);
  }
  for (const name of theirs.keys()) if (!ours.has(name)) found.push(`${part}: only theirs has ${name}`);
  return found;
}

/** One entry per endpoint of ours: whether theirs has it, and how it differs. */
export function driftBetween(ours, theirs) {
  const others = operationsOf(theirs);
  return [...operationsOf(ours)].map(([endpoint, operation]) => {
    const other = others.get(endpoint);
    if (!other) return { endpoint, missing: true, differences: [] };
    return {
      endpoint,
      missing: false,
      differences: [
        ...differences('query', queryOf(operation), queryOf(other)),
        ...differences('request', requestOf(ours, operation), requestOf(theirs, other)),
        ...differences('answer', answerOf(ours, operation), answerOf(theirs, other)),
      ],
    };
  });
}

export function renderDrift(drift, source) {
  const lines = drift.flatMap(({ endpoint, missing, differences: found }) => {
    if (missing) return [`${endpoint}: not described there`];
    return found.length === 0
      ? [`${endpoint}: the same`]
      : [`${endpoint}: ${found.length} differences`, ...found.map((line) => `  ${line}`)];
  });
  const differing = drift.filter((d) => d.missing || d.differences.length > 0).length;
  return `${[...lines, '', `${drift.length} endpoints compared with ${source}: ${differing} differ.`].join('\n')}\n`;
}
