import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const description = parse(readFileSync(join(import.meta.dirname, '..', 'openapi', 'sender.yaml'), 'utf8')) as Description;

const METHODS = ['get', 'post', 'put', 'delete'];

/** `GET /shards/{shardId}` and so on. */
export const describedRoutes = (): string[] =>
  Object.entries(description.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => METHODS.includes(key))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ ...description, $id: 'api' });

/** What is wrong with an answer, by the description; empty when nothing is. 401 and 403 may come from anywhere, whether described there or not. */
export function disagreements(method: string, path: string, status: number, body: unknown): string[] {
  const route = describedRoutes().find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(`${method} ${path}`));
  if (route === undefined) return [`${method} ${path} is not described`];
  const [, template = ''] = route.split(' ');
  const response = description.paths[template]?.[method.toLowerCase()]?.responses[String(status)];
  if (response === undefined && status !== 401 && status !== 403) return [`${route} is not described to answer ${status}`];
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const place =
    response?.$ref ??
    (response ? pointer('paths', template, method.toLowerCase(), 'responses', String(status)) : '#/components/responses/Problem');
  const validate = ajv.compile({ $ref: `api${place}/content/${escape(type)}/schema` });
  validate(body);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${route} ${status}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const pointer = (...parts: readonly string[]): string => `#/${parts.map(escape).join('/')}`;
