import { reasonOf } from '@daybreak/kernel';
import {
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  Wait,
  type ContainerRuntimeClient,
  type StartedTestContainer,
} from 'testcontainers';
import { onFreePorts } from '../ports.js';
import { kafkaReady, postgresReady, redisReady } from '../readiness.js';
import type { EngineAddress, Reaper } from '../reaper.js';
import { READY_TIMEOUT_MS, type PartContext, type PartName, type StackPart } from '../stack.js';
import { KAFKA_SETTINGS, POSTGRES_SETTINGS, REDIS_SETTINGS } from '../store-settings.js';

/** Official images; another registry's mirror or a newer version by variable. */
export const IMAGES: Readonly<Record<PartName, { readonly variable: string; readonly image: string }>> = {
  postgres: { variable: 'LOCAL_STACK_POSTGRES_IMAGE', image: 'postgres:18' },
  redis: { variable: 'LOCAL_STACK_REDIS_IMAGE', image: 'redis:8' },
  kafka: { variable: 'LOCAL_STACK_KAFKA_IMAGE', image: 'apache/kafka:4.3.0' },
};

/** An engine, or in a sentence's half why there is none to use. */
export type EngineOrReason = { readonly engine: ContainerRuntimeClient } | { readonly reason: string };

/** Never rejects: that there is no engine is an answer. */
export async function findEngine(): Promise<EngineOrReason> {
  // testcontainers would start Ryuk, whose image a machine without its registry does not have; our reaper does the same work.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  try {
    return { engine: await getContainerRuntimeClient() };
  } catch {
    return { reason: 'no Docker engine answers' }; // testcontainers only says that none of its ways led to one
  }
}

/** An engine that has the images of these stores, or could pull them. */
export async function findEngineWithImages(
  names: readonly PartName[],
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<EngineOrReason> {
  const found = await findEngine();
  if (!('engine' in found)) return found;
  const { image: images } = found.engine;
  for (const image of names.map((name) => imageOf(name, env))) {
    try {
      if (await images.exists(image)) continue;
      log(`pulling ${image.string}`);
      await images.pull(image);
      if (!(await images.exists(image))) throw new Error('the registry refused');
    } catch (error) {
      return { reason: `a Docker engine answers, but ${image.string} cannot be pulled (${reasonOf(error).trim()})` };
    }
  }
  return found;
}

function imageOf(name: PartName, env: NodeJS.ProcessEnv): ImageName {
  const { variable, image } = IMAGES[name];
  return ImageName.fromString(env[variable] || image);
}

/** Starts one store as a container. Its host port is fixed, so that a restarted container keeps its address. */
export async function openInDocker(
  name: PartName,
  context: PartContext,
  reaper: Reaper,
  password: string,
  engine: ContainerRuntimeClient,
  env: NodeJS.ProcessEnv,
): Promise<StackPart> {
  const bequeath = (id: string): void => reaper.container(id, addressOf(engine));
  const open = async ([port = 0]: readonly number[]): Promise<StackPart> => {
    const recipe = RECIPES[name](engine.info.containerRuntime.host, port, password);
    const container = await new BequeathedContainer(imageOf(name, env).string, bequeath)
      .withExposedPorts({ container: recipe.port, host: port })
      .withEnvironment(recipe.environment)
      .withCommand([...recipe.command])
      .withWaitStrategy(Wait.forListeningPorts())
      .withStartupTimeout(READY_TIMEOUT_MS)
      .start();
    await recipe.ready(AbortSignal.any([context.signal, AbortSignal.timeout(READY_TIMEOUT_MS)]));
    return containerPart(name, recipe, container, engine);
  };
  return onFreePorts(1, open, () => context.log(`${name}: its port was taken meanwhile, trying another`));
}

interface Recipe {
  readonly address: string;
  readonly port: number;
  readonly environment: Record<string, string>;
  readonly command: readonly string[];
  readonly ready: (signal: AbortSignal) => Promise<void>;
}

const RECIPES: Readonly<Record<PartName, (host: string, port: number, password: string) => Recipe>> = {
  postgres: (host, port, password) => {
    const address = `postgresql://daybreak:${password}@${host}:${port}/daybreak`;
    return {
      address,
      port: 5432,
      environment: { POSTGRES_USER: 'daybreak', POSTGRES_PASSWORD: password, POSTGRES_DB: 'daybreak' },
      command: ['postgres', ...Object.entries(POSTGRES_SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      ready: (signal) => postgresReady(address, signal),
    };
  },
  redis: (host, port, password) => {
    const address = `redis://:${password}@${host}:${port}/0`;
    return {
      address,
      port: 6379,
      environment: {},
      command: [
        'redis-server',
        '--requirepass',
        password,
        ...Object.entries(REDIS_SETTINGS).flatMap(([key, value]) => [`--${key}`, value.replaceAll('"', '')]),
      ],
      ready: (signal) => redisReady(address, signal),
    };
  },
  kafka: (host, port) => {
    const address = `${host}:${port}`;
    const settings = {
      ...KAFKA_SETTINGS,
      listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093',
      'advertised.listeners': `PLAINTEXT://${address}`,
      'controller.quorum.voters': '1@localhost:9093',
    };
    // The image turns KAFKA_NODE_ID into node.id, and so on.
    const environment = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value]),
    );
    return { address, port: 9092, environment, command: [], ready: (signal) => kafkaReady(address, signal) };
  },
};

/** Known to our reaper before it runs: we may be killed while we wait for it. */
class BequeathedContainer extends GenericContainer {
  constructor(
    image: string,
    private readonly bequeath: (id: string) => void,
  ) {
    super(image);
  }

  protected override async containerCreated(containerId: string): Promise<void> {
    this.bequeath(containerId);
  }
}

function addressOf(engine: ContainerRuntimeClient): EngineAddress {
  const { socketPath, host, port, ca, cert, key } = engine.container.dockerode.modem as EngineAddress;
  return host ? { host, port, ca: pem(ca), cert: pem(cert), key: pem(key) } : { socketPath };
}

/** testcontainers reads certificates as buffers. */
const pem = (text: string | Buffer | undefined): string | undefined => text?.toString();

function containerPart(name: PartName, recipe: Recipe, started: StartedTestContainer, engine: ContainerRuntimeClient): StackPart {
  const container = engine.container.getById(started.getId());
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    await container.kill({ signal });
    await container.wait();
  };
  return {
    name,
    key: 'docker',
    address: recipe.address,
    kill,
    restart: async () => {
      if ((await container.inspect()).State.Running) await kill();
      await container.start();
      await recipe.ready(AbortSignal.timeout(READY_TIMEOUT_MS));
    },
    pause: async () => void (await container.pause()),
    resume: async () => void (await container.unpause()),
  };
}
