import type { z } from 'zod';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly data?: Record<string, string>;
  /** As many shapes as kinds; whoever looks into it says which. */
  readonly spec: unknown;
}

export interface Container {
  readonly name: string;
  readonly securityContext: object;
  readonly resources: { readonly limits: { readonly memory?: string } };
  readonly env?: {
    readonly name: string;
    readonly valueFrom: { readonly secretKeyRef?: object; readonly fieldRef?: { readonly fieldPath: string } };
  }[];
}

export interface Pod {
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly seccompProfile: { readonly type: string } };
  readonly automountServiceAccountToken: boolean;
  readonly initContainers?: Container[];
  readonly containers: Container[];
}

export const podOf = (manifest: Manifest): Pod => (manifest.spec as { template: { spec: Pod } }).template.spec;

export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** What a Secret would hold; every reference of the chart must be to one of these. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://service:password@postgres:5432/daybreak',
  REDIS_URL: 'redis://redis:6379/0',
  ADDRESS_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
  ADDRESS_PEPPER: Buffer.alloc(32).toString('base64'),
  ADDRESS_JWE_PRIVATE_KEY: JSON.stringify({ kty: 'EC', d: 'd' }),
  CLOUD_API_TOKEN: 'token',
  CLOUD_API_APP_ID: '1',
  CLOUD_API_APP_SECRET: 'secret',
  WEBHOOK_APP_SECRETS: 'secret',
  WEBHOOK_VERIFY_TOKEN: 'token',
  ACCESS_TOKENS: `night-shift:operator:${'ab'.repeat(32)}`,
  TEST_RECIPIENTS: `staff-asha:${'cd'.repeat(32)}`,
  SIM_ACCESS_TOKEN: 'long-token',
  SIM_APP_SECRET: 'secret',
  SIM_WEBHOOK_VERIFY_TOKEN: 'token',
};

/** A service's environment as its container would see it. */
export function variablesOf(manifests: readonly Manifest[], service: string): Record<string, string> {
  const workload = manifests.find((m) => ['Deployment', 'StatefulSet'].includes(m.kind) && m.metadata.name === `daybreak-${service}`);
  if (!workload) throw new Error(`no workload ${service}`);
  const references = podOf(workload).containers[0]?.env ?? [];
  const referred = references.map(({ name, valueFrom }) => {
    if (valueFrom.fieldRef) return [name, '0'];
    if (!(name in SECRETS)) throw new Error(`${service}: no sample of the secret ${name}`);
    return [name, SECRETS[name]];
  });
  return { ...find(manifests, 'ConfigMap', `daybreak-${service}`).data, ...(Object.fromEntries(referred) as Record<string, string>) };
}

/** The zod schema of a service, from its `<service>.config.ts`. */
export async function schemaOf(service: string): Promise<z.ZodObject> {
  const module = (await import(`../../services/${service}/src/${service}.config.js`)) as Record<string, unknown>;
  const schema = Object.values(module).find((value) => typeof value === 'object' && value !== null && 'shape' in value);
  if (!schema) throw new Error(`${service}.config.ts exports no schema`);
  return schema as z.ZodObject;
}
