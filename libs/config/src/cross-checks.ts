import type { ConfigProblem } from './config-problem.js';

type Given = Readonly<Record<string, string | undefined>>;

/** Rules over two variables. Looked at beside the schema, not after it, so that one failed start names everything. */
const RULES: readonly { readonly over: string; readonly check: (given: Given) => ConfigProblem[] }[] = [
  {
    over: 'REDIS_URL',
    check: (given) => ((given['REDIS_URL'] ?? given['REDIS_HOST']) ? [] : [{ name: 'REDIS_URL', reason: 'is required (or REDIS_HOST)' }]),
  },
  {
    over: 'KAFKA_SASL_MECHANISM',
    check: (given) =>
      given['KAFKA_SASL_MECHANISM'] === undefined
        ? []
        : ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
            .filter((name) => given[name] === undefined)
            .map((name) => ({ name, reason: 'is required with KAFKA_SASL_MECHANISM' })),
  },
  {
    over: 'ADDRESS_JWE_REQUIRED',
    check: (given) =>
      given['ADDRESS_JWE_REQUIRED'] === 'true' && given['ADDRESS_JWE_PRIVATE_KEY'] === undefined
        ? [{ name: 'ADDRESS_JWE_PRIVATE_KEY', reason: 'is required with ADDRESS_JWE_REQUIRED' }]
        : [],
  },
  {
    over: 'ACCESS_OIDC_ISSUER',
    check: (given) =>
      given['ACCESS_OIDC_ISSUER'] !== undefined && given['ACCESS_OIDC_AUDIENCE'] === undefined
        ? [{ name: 'ACCESS_OIDC_AUDIENCE', reason: 'is required with ACCESS_OIDC_ISSUER' }]
        : [],
  },
];

/** What is wrong between the variables of a schema's shape, as they were given. */
export const crossChecks = (shape: object, given: Given): ConfigProblem[] =>
  RULES.filter((rule) => rule.over in shape).flatMap((rule) => rule.check(given));
