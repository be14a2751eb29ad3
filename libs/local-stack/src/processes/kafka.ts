import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { drop } from '@daybreak/kernel';
import { kafkaReady } from '../readiness.js';
import type { StackPart } from '../stack.js';
import { KAFKA_SETTINGS } from '../store-settings.js';
import { cacheRoot, cachedFolder } from './cache-folder.js';
import { ensureTool, type InstallPolicy } from './install.js';
import { LocalProcess, runToEnd } from '../local-process.js';
import { processPart, type ProcessContext } from './process-part.js';

const run = promisify(execFile);

const POM = fileURLToPath(new URL('../../pom.xml', import.meta.url));
/** Written out, so that what cannot be fetched is named in the error; its version is in the pom. */
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies';
const LEAST_JAVA = 17; // Kafka 4's servers need it
const FETCH_TIMEOUT_MS = 600_000; // 44 MB from Maven's repository

/** Small and quick to start rather than fast at full load: C1 only, serial collector. */
const JVM_OPTIONS = [
  '-Xms256m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];

/** Apache Kafka in KRaft mode, broker and controller in one, from its published jars. */
export async function startKafka(
  context: ProcessContext,
  ports: { broker: number; controller: number; behindProxy: number },
): Promise<StackPart> {
  const java = await findJava(context.install);
  const jars = await kafkaJars(context.install);
  const home = join(context.folder, 'kafka');
  mkdirSync(home, { mode: 0o700 });
  const address = `127.0.0.1:${ports.broker}`;
  const settings = {
    ...KAFKA_SETTINGS,
    listeners: `PLAINTEXT://${address},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://${address}`,
    ...(context.kafkaProxy === undefined ? {} : secondDoor(address, ports, context.kafkaProxy)),
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'log.dirs': join(home, 'data'),
  };
  const file = join(home, 'server.properties');
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );

  const classPath = ['-cp', join(jars, '*')];
  const clusterId = newClusterId();
  await runToEnd(
    context.reaper,
    java,
    ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file],
    { cwd: home },
  );

  const server = new LocalProcess(
    {
      name: 'Kafka',
      command: java,
      args: [...JVM_OPTIONS, ...classPath, 'kafka.Kafka', file],
      env: { PATH: process.env['PATH'] },
      cwd: home,
      logFile: join(context.folder, 'kafka.log'),
      stopSignal: 'SIGKILL', // a controlled shutdown takes seconds and saves data that are removed next
    },
    context.reaper,
  );
  const ready = (signal: AbortSignal): Promise<void> => kafkaReady(address, signal, clusterId);
  await server.start(ready, context.signal);
  const part = processPart({ name: 'kafka', address, server, ready });
  return context.kafkaProxy === undefined ? part : { ...part, behindProxy: `127.0.0.1:${ports.behindProxy}` };
}

/** A listener of its own for those who come by a proxy, which is told to them as the broker's address. */
export const secondDoor = (first: string, ports: { controller: number; behindProxy: number }, proxy: string): Record<string, string> => ({
  listeners: `PLAINTEXT://${first},PROXIED://127.0.0.1:${ports.behindProxy},CONTROLLER://127.0.0.1:${ports.controller}`,
  'advertised.listeners': `PLAINTEXT://${first},PROXIED://${proxy}`,
  'listener.security.protocol.map': `${KAFKA_SETTINGS['listener.security.protocol.map'] ?? ''},PROXIED:PLAINTEXT`,
});

/** 22 characters, never with a dash in front: the storage tool would take it for an option. */
export function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}

async function findJava(install: InstallPolicy): Promise<string> {
  const fromHome = process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : undefined;
  if (fromHome && existsSync(fromHome) && (await isRecentJava(fromHome))) return fromHome;
  return ensureTool(
    {
      command: 'java',
      debianPackage: 'default-jre-headless',
      need: `Kafka runs on a JVM ${LEAST_JAVA} or newer; KAFKA_BROKERS or a Docker engine would do as well`,
      suits: isRecentJava,
    },
    install,
  );
}

async function isRecentJava(java: string): Promise<boolean> {
  const { stderr } = await run(java, ['-version']);
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= LEAST_JAVA;
}

/** Kafka's jars, fetched once per content of pom.xml. */
export function kafkaJars(install: InstallPolicy): Promise<string> {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return cachedFolder(`kafka-${version}`, async (folder) => {
    const maven = await ensureTool(
      { command: 'mvn', debianPackage: 'maven', need: 'it fetches Kafka once; KAFKA_BROKERS or a Docker engine would do as well' },
      install,
    );
    install.log(`fetching Kafka into ${cacheRoot()}, once`);
    try {
      await run(maven, ['-B', '-q', '-Dstyle.color=never', '-f', POM, DEPENDENCY_PLUGIN, `-DoutputDirectory=${folder}`], {
        timeout: FETCH_TIMEOUT_MS,
      });
    } catch (error) {
      const output = `${(error as { stdout?: string }).stdout ?? ''}`.trim().split('\n')[0];
      throw drop(`Maven could not fetch Kafka's jars (libs/local-stack/pom.xml): ${output}`, error);
    }
  });
}
