import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

interface Operation {
  readonly method: string;
  /** As the description writes it. */
  readonly path: string;
  readonly queryNames: ReadonlySet<string>;
}

/** An OpenAPI description that requests and answers can be held against. */
export class Description {
  private readonly ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, allErrors: true, logger: false });
  private readonly compiled = new Map<string, ValidateFunction | undefined>();
  readonly operations: ReadonlyMap<string, Operation>;

  constructor(private readonly document: Json) {
    this.ajv.addSchema({ $id: 'description', ...document });
    this.operations = new Map(this.listed().map((operation) => [`${operation.method} ${endpointOf(operation.path)}`, operation]));
  }

  /** What is wrong with a request body; empty when nothing is. Undefined when the endpoint describes no JSON body. */
  requestFaults(endpoint: string, body: unknown): readonly string[] | undefined {
    return this.faults(endpoint, ['requestBody', 'content', 'application/json', 'schema'], body);
  }

  /** The same for a good answer. */
  answerFaults(endpoint: string, body: unknown): readonly string[] | undefined {
    return this.faults(endpoint, ['responses', '200', 'content', 'application/json', 'schema'], body);
  }

  private faults(endpoint: string, at: readonly string[], body: unknown): readonly string[] | undefined {
    const validate = this.validatorOf(endpoint, at);
    if (!validate) return undefined;
    return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`.trim());
  }

  private validatorOf(endpoint: string, at: readonly string[]): ValidateFunction | undefined {
    const key = `${endpoint} ${at.join('.')}`;
    if (!this.compiled.has(key)) {
      const operation = this.operations.get(endpoint);
      const pointer = operation && this.pointerTo(['paths', operation.path, operation.method.toLowerCase(), ...at]);
      this.compiled.set(key, pointer === undefined ? undefined : this.ajv.compile({ $ref: `description#${pointer}` }));
    }
    return this.compiled.get(key);
  }

  /** JSON pointer of a place, references on the way resolved; undefined when there is no such place. */
  private pointerTo(at: readonly string[]): string | undefined {
    let node: unknown = this.document;
    let place: string[] = [];
    for (const key of at) {
      node = (node as Json | undefined)?.[key];
      place.push(key);
      const reference = (node as Json | undefined)?.['$ref'];
      if (typeof reference === 'string') {
        place = reference.replace('#/', '').split('/');
        node = place.reduce<unknown>((current, part) => (current as Json | undefined)?.[part], this.document);
      }
    }
    return node === undefined
      ? undefined
      : place.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
  }

  private listed(): Operation[] {
    const paths = this.document['paths'] as Record<string, Json>;
    return Object.entries(paths).flatMap(([path, item]) =>
      ['get', 'post', 'delete'].flatMap((method) => {
        const operation = item[method] as Json | undefined;
        if (!operation) return [];
        const parameters = [...((item['parameters'] ?? []) as Json[]), ...((operation['parameters'] ?? []) as Json[])].map((parameter) =>
          this.resolved(parameter),
        );
        const queryNames = new Set(
          parameters.filter((parameter) => parameter['in'] === 'query').map((parameter) => String(parameter['name'])),
        );
        return [{ method: method.toUpperCase(), path, queryNames }];
      }),
    );
  }

  private resolved(node: Json): Json {
    const reference = node['$ref'];
    if (typeof reference !== 'string') return node;
    return reference
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((at, key) => (at as Json)[key], this.document) as Json;
  }
}

const PARAMETERS: Readonly<Record<string, string>> = { applicationid: 'appid' };

/** `/{Version}/{Phone-Number-ID}/messages` and `/{phone_number_id}/messages` are the same endpoint. */
export const endpointOf = (path: string): string =>
  path
    .split('/')
    .filter((segment) => !/^\{version\}$/i.test(segment))
    .map((segment) =>
      segment.replace(/^\{(.+)\}$/, (_, name: string) => {
        const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
        return `{${PARAMETERS[plain] ?? plain}}`;
      }),
    )
    .join('/');

const read = (file: string): Json => parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }) as Json;

export const ourDescription = (): Description =>
  new Description(read(join(import.meta.dirname, '..', 'openapi', 'whatsapp-cloud-api.yaml')));

/**
 * Meta's own, with what contradicts itself taken out:
 * - `additionalProperties: false` stands inside parts of an `allOf`, where each part then forbids the members of the others;
 * - a button's index must match `^[2-6, 11-14]$`, which no index from 0 to 9 but a few does;
 * - a template's language must have a `policy`, which Meta's documentation leaves out.
 */
export function metaDescription(referenceDir: string): Description {
  const document = read(join(referenceDir, 'openapi', 'business-messaging-api_v23.0.yaml'));
  const schemas = (document['components'] as Json)['schemas'] as Record<string, Json>;
  delete (((schemas['TemplateComponent'] as Json)['properties'] as Json)['index'] as Json)['pattern'];
  (schemas['LanguageObject'] as Json)['required'] = ['code'];
  for (const schema of Object.values(schemas)) {
    for (const part of (schema['allOf'] ?? []) as Json[]) delete part['additionalProperties'];
  }
  return new Description(document);
}
