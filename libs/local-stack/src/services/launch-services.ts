import { mkdirSync } from 'node:fs';
import { drop } from '@daybreak/kernel';
import { freePorts } from '../ports.js';
import { Reaper } from '../reaper.js';
import type { Stack } from '../stack.js';
import { clockSpecFrom, type ClockStart } from './clock-spec.js';
import type { PreparedNamespace } from './prepare-namespace.js';
import { ServiceProcess, type Crash } from './service-process.js';
import { inheritedEnvironment, sharedEnvironment, type Urls } from './shared-environment.js';

/** One process to launch. */
export interface ServiceSpec {
  /** Folder under `services/`. */
  readonly name: string;
  /** Handle of this process, where a service runs more than once: `sender-0`. Default: the name. */
  readonly instance?: string | undefined;
  /** Variables of this process alone; they win over the shared ones. */
  readonly env?: Readonly<Record<string, string>> | ((urls: Urls) => Readonly<Record<string, string>>) | undefined;
}

/** What is launched, on which stores. */
export interface LaunchOptions {
  readonly stack: Pick<Stack, 'redisUrl' | 'kafkaBrokers'>;
  readonly namespace: PreparedNamespace;
  readonly services: readonly ServiceSpec[];
  /** One `<instance>.log` each, appended to over restarts. */
  readonly logDir: string;
  /** `DAYBREAK_CLOCK` of all of them, ready-made or made now. Absent: the wall clock. */
  readonly clockSpec?: string | ClockStart | undefined;
  /** Variables of all of them, over the defaults of `sharedEnvironment`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Told when a service ends that nobody asked to end. */
  readonly onCrash?: ((crash: Crash) => void) | undefined;
  /** Start a crashed service again, as Kubernetes would. Default: leave it. */
  readonly restartCrashed?: boolean | undefined;
  /** The clone whose built services run. Default: the working directory. */
  readonly repositoryRoot?: string | undefined;
}

/** Processes that run, and what can be done to them. */
export interface LaunchedServices {
  /** Base URLs by instance. */
  readonly urls: Urls;
  /** `DAYBREAK_CLOCK` as all of them were given it; undefined on the wall clock. */
  readonly clockSpec: string | undefined;
  /** What all of them were given, e.g. to publish or verify with the same keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly crashes: readonly Crash[];
  isRunning(instance: string): boolean;
  /** Undefined when it does not run. */
  pidOf(instance: string): number | undefined;
  /** Sends a signal (default SIGKILL) and resolves once the process is gone. */
  kill(instance: string, signal?: NodeJS.Signals): Promise<void>;
  /**
   * Starts it again with the same variables and port (SIGTERM first if it runs); resolves when it is ready.
   * @param env laid over its variables, for this life only
   */
  restart(instance: string, env?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGSTOP: the process and its connections stay, nothing moves. */
  pause(instance: string): void;
  resume(instance: string): void;
  /** SIGTERM to all, SIGKILL to what hangs. May be called twice. */
  stopAll(): Promise<void>;
}

/** Starts built services as child processes against a stack, all at once, and resolves when all of them are ready. */
export async function launchServices(options: LaunchOptions): Promise<LaunchedServices> {
  const clockSpec = typeof options.clockSpec === 'object' ? clockSpecFrom(options.clockSpec) : options.clockSpec;
  const ports = await portsOf(options.services);
  const urls: Urls = Object.fromEntries([...ports].map(([instance, port]) => [instance, `http://127.0.0.1:${port}`]));
  const env = { ...sharedEnvironment({ ...options, urls, clockSpec }), ...options.env };
  const crashes: Crash[] = [];
  const reaper = new Reaper();
  mkdirSync(options.logDir, { recursive: true });

  const processOf = (service: ServiceSpec): ServiceProcess => {
    const instance = instanceOf(service);
    const databaseUrl = options.namespace.databaseUrls[service.name];
    const own = {
      HTTP_PORT: String(ports.get(instance)),
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...(typeof service.env === 'function' ? service.env(urls) : service.env),
    };
    const onCrash = (crash: Crash): void => {
      crashes.push(crash);
      options.onCrash?.(crash);
    };
    return new ServiceProcess(
      {
        service: service.name,
        instance,
        env: { ...inheritedEnvironment(), ...env, ...own },
        logDir: options.logDir,
        repositoryRoot: options.repositoryRoot ?? process.cwd(),
        restartCrashed: options.restartCrashed ?? false,
        onCrash,
      },
      reaper,
    );
  };

  const processes = new Map(options.services.map((service) => [instanceOf(service), processOf(service)]));
  try {
    await Promise.all([...processes.values()].map((service) => service.start()));
    return { urls, clockSpec, env, crashes, ...handlesOf(processes, reaper) };
  } catch (error) {
    // Half a system helps nobody, and what ends now did not crash.
    await Promise.allSettled([...processes.values()].map((service) => service.stop()));
    await reaper.finish();
    throw error;
  }
}

async function portsOf(services: readonly ServiceSpec[]): Promise<Map<string, number>> {
  const ports = await freePorts(services.length);
  const byInstance = new Map(services.map((service, i) => [instanceOf(service), ports[i] ?? 0]));
  if (byInstance.size < services.length) throw drop('two services have the same instance name');
  return byInstance;
}

type Handles = Omit<LaunchedServices, 'urls' | 'clockSpec' | 'env' | 'crashes'>;

function handlesOf(processes: ReadonlyMap<string, ServiceProcess>, reaper: Reaper): Handles {
  const find = (instance: string): ServiceProcess => {
    const found = processes.get(instance);
    if (!found) throw drop(`no service ${instance} was launched; there are ${[...processes.keys()].join(', ')}`);
    return found;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.allSettled([...processes.values()].map((service) => service.stop()));
    await reaper.finish();
  };
  let stopped: Promise<void> | undefined;
  return {
    isRunning: (instance) => find(instance).running,
    kill: async (instance, signal = 'SIGKILL') => find(instance).kill(signal),
    pidOf: (instance) => find(instance).pid,
    restart: async (instance, env) => find(instance).restart(env),
    pause: (instance) => find(instance).pause(),
    resume: (instance) => find(instance).resume(),
    stopAll: () => (stopped ??= stopAll()),
  };
}

const instanceOf = (service: ServiceSpec): string => service.instance ?? service.name;
