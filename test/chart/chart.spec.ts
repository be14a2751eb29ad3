import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@daybreak/config';
import { parse, parseAllDocuments } from 'yaml';
import { CHART, findProgram, Helm, ROOT } from './helm.js';
import { find, podOf, schemaOf, variablesOf, type Manifest } from './manifests.js';

const program = findProgram('helm');
const helm = new Helm(program ?? '');
const unittest = findProgram('helm-unittest');

const EXAMPLE = join(CHART, 'examples', 'values.yaml');
const RENDERED = join(CHART, 'examples', 'rendered.yaml');
const environment = (name: string): string => join(ROOT, 'k8s', 'environments', name);
const INSTALLATIONS = [
  ['the example', EXAMPLE],
  ...readdirSync(environment('')).map((file) => [`k8s/environments/${file}`, environment(file)] as const),
] as const;

/** What runs in the cluster: a service with a `bin` is a program for people. */
const SERVICES = readdirSync(join(ROOT, 'services')).filter((name) => {
  const manifest = join(ROOT, 'services', name, 'package.json');
  return existsSync(manifest) && !('bin' in (JSON.parse(readFileSync(manifest, 'utf8')) as object));
});

(program ? describe : describe.skip)(`the chart${program ? '' : ' (skipped: helm is not installed)'}`, () => {
  it.each(INSTALLATIONS)('is clean for %s', (_, values) => {
    expect(() => helm.lint(values)).not.toThrow();
  });

  it('renders what is committed as its example', () => {
    const rendered = helm.text([EXAMPLE]);
    if (process.env['UPDATE_RENDERED']) writeFileSync(RENDERED, rendered);

    expect(rendered).toBe(readFileSync(RENDERED, 'utf8'));
  });

  it('has an entry for every service, and for nothing else', () => {
    const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as { services: Record<string, unknown> };

    expect(Object.keys(values.services).sort()).toEqual([...SERVICES].sort());
  });

  it('tells ingest which client certificate its ingress demands, and where Meta has to send', () => {
    const door = { enabled: true, host: 'hooks.example.in', tlsSecret: 'tls', clientCertificate: { caSecret: 'meta-ca' } };

    const manifests = helm.manifests([EXAMPLE], [`webhookIngress=${JSON.stringify(door)}`]);

    expect(find(manifests, 'Ingress', 'daybreak-webhooks').metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/auth-tls-secret': 'daybreak/meta-ca',
      'nginx.ingress.kubernetes.io/auth-tls-verify-client': 'on',
    });
    expect(variablesOf(manifests, 'ingest')).toMatchObject({
      WEBHOOK_PUBLIC_URL: 'https://hooks.example.in/webhooks/whatsapp',
      WEBHOOK_CLIENT_CN: 'client.webhooks.fbclientcerts.com',
    });
  });

  it.each([
    ['a value it does not know', 'services.sender.replicas=3', /replicas/],
    ['a service it does not know', 'services.mailer={"enabled":true}', /mailer/],
    ['a phone number id that lost its quotes', `registry.wabas=[${waba({ phoneNumberId: 400000000000001 })}]`, /phoneNumberId/],
    ['a cap of nobody', `registry.wabas=[${waba({ dailyCap: 0 })}]`, /dailyCap/],
    ['a warm-up without a target', `registry.wabas=[${waba({ warmUp: { startedOn: '2026-11-20', firstDayCap: 50 } })}]`, /warmUp/],
    ['a role that no number has', `registry.wabas=[${waba({ role: 'spare' })}]`, /role/],
    ['a sender without a spare', 'services.sender.spares=0', /spares/],
    ['a variable that the chart itself sets', 'services.ingest.env={"HTTP_PORT":"9000"}', /HTTP_PORT/],
    ['a variable that is not text', 'services.ingest.env={"LOG_LEVEL":3}', /LOG_LEVEL/],
    ['a CPU limit, which is jitter in the send window', 'services.sender.resources.limits.cpu="1"', /cpu/],
    ['less time to end than a service may take', 'services.sender.terminationGracePeriodSeconds=20', /terminationGracePeriodSeconds/],
    ['nobody to call operator APIs, which Kubernetes takes for everybody', 'networkPolicy.operatorsFrom=[]', /operatorsFrom/],
    ['a door for Meta without a host', 'webhookIngress={"enabled":true,"tlsSecret":"t"}', /webhookIngress/],
    ['nobody to call what is public, which Kubernetes takes for everybody', 'networkPolicy.publicFrom=[]', /publicFrom/],
  ])('refuses %s', (_, set, reason) => {
    expect(() => helm.text([EXAMPLE], [set])).toThrow(reason);
  });

  describe.each(INSTALLATIONS)('for %s', (_, values) => {
    const manifests = program ? helm.manifests([values]) : [];
    const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    const pods = [...workloads, ...manifests.filter(({ kind }) => kind === 'Job')].map(
      (manifest) => [manifest.metadata.name, podOf(manifest)] as const,
    );

    it('runs every pod restricted: not as root, nothing writable, nothing to gain, no account', () => {
      expect(pods.length).toBeGreaterThan(0);
      for (const [name, pod] of pods) {
        expect([name, pod.securityContext.runAsNonRoot, pod.securityContext.seccompProfile.type]).toEqual([name, true, 'RuntimeDefault']);
        expect([name, pod.automountServiceAccountToken]).toEqual([name, false]);
        for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
          expect([name, container.name, container.securityContext]).toEqual([
            name,
            container.name,
            { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          ]);
          expect([name, container.resources.limits.memory]).not.toContain(undefined);
        }
      }
    });

    it('has a disruption budget and a network policy for every service', () => {
      const selected = (kind: string): string[] =>
        manifests.filter((m) => m.kind === kind).map((m) => m.metadata.labels['app.kubernetes.io/component'] ?? '');
      const names = workloads.map((m) => m.metadata.labels['app.kubernetes.io/component']);

      expect(selected('PodDisruptionBudget').sort()).toEqual([...names].sort());
      expect(selected('NetworkPolicy')).toEqual(expect.arrayContaining(names));
    });

    it('migrates every service that has migrations, before its pods start', () => {
      const migrated = podOf(find(manifests, 'Job', 'daybreak-migrate')).initContainers?.map(({ name }) => name);
      const withMigrations = SERVICES.filter((name) => existsSync(join(ROOT, 'services', name, 'prisma', 'migrations')));

      expect(migrated?.sort()).toEqual(withMigrations.sort());
    });

    it.each(workloads.map((m) => m.metadata.labels['app.kubernetes.io/component'] ?? ''))(
      'gives %s variables that its own schema knows, and all that it needs',
      async (service) => {
        const schema = await schemaOf(service);
        const given = variablesOf(manifests, service);

        expect(Object.keys(given).filter((name) => !(name in schema.shape))).toEqual([]);
        expect(() => loadConfig(schema, given)).not.toThrow();
      },
    );
  });

  it('has as many sender pods as numbers, and the spares', () => {
    const sender = find(helm.manifests([EXAMPLE], ['services.sender.spares=2']), 'StatefulSet', 'daybreak-sender');

    expect((sender.spec as { replicas: number }).replicas).toBe(3 + 2);
  });

  (unittest ? it : it.skip)(`passes its own suites${unittest ? '' : ' (skipped: helm-unittest is not installed)'}`, () => {
    expect(() => execFileSync(unittest ?? '', [CHART], { stdio: 'pipe' })).not.toThrow();
  });
});

describe('what surrounds the chart', () => {
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Record<string, never>;
  const kafka = parseAllDocuments(readFileSync(join(ROOT, 'k8s', 'kafka', 'kafka.yaml'), 'utf8')).map((d) => d.toJS() as Manifest);

  it('skaffold installs this chart, with values that it knows and an environment that exists', () => {
    const skaffold = parse(readFileSync(join(ROOT, 'skaffold.yaml'), 'utf8')) as {
      manifests: { helm: { releases: { chartPath: string; valuesFiles: string[]; setValueTemplates: Record<string, string> }[] } };
    };
    const [release] = skaffold.manifests.helm.releases;

    expect(join(ROOT, release?.chartPath ?? '')).toBe(CHART);
    for (const file of release?.valuesFiles ?? []) expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    for (const path of Object.keys(release?.setValueTemplates ?? {})) expect([path, at(values, path)]).not.toContain(undefined);
  });

  it('every topic belongs to the cluster of kafka.yaml, which has a broker for each of its copies', () => {
    const cluster = find(kafka, 'Kafka', 'daybreak');
    const brokers = (find(kafka, 'KafkaNodePool', 'broker').spec as { replicas: number }).replicas;
    const folder = join(ROOT, 'k8s', 'kafka', 'topics');
    const topics = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8')) as Manifest);

    expect(topics.length).toBeGreaterThan(20);
    for (const topic of topics) {
      expect(topic.metadata.labels['strimzi.io/cluster']).toBe(cluster.metadata.name);
      expect((topic.spec as { replicas: number }).replicas).toBeLessThanOrEqual(brokers);
    }
  });

  it('the chart looks for brokers where that cluster has them', () => {
    const { name } = find(kafka, 'Kafka', 'daybreak').metadata;

    expect(at(values, 'groups.kafka.env.KAFKA_BROKERS')).toBe(`${name}-kafka-bootstrap:9092`);
  });
});

function at(values: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}

/** A WABA with one number, which is right but for what is said. */
function waba(number: object): string {
  const numbers = [{ shardId: 'shard-1', phoneNumberId: '1', role: 'primary', ...number }];
  return JSON.stringify({ wabaId: '1', businessPortfolioId: '1', numbers });
}
