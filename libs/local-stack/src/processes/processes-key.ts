import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePorts } from '../ports.js';
import type { Reaper } from '../reaper.js';
import type { PartName, StackPart } from '../stack.js';
import { startKafka } from './kafka.js';
import { startPostgres } from './postgres.js';
import type { ProcessContext } from './process-part.js';
import { startRedis } from './redis.js';
import { firstUsableFolder, unprivilegedUser } from './unprivileged-user.js';

/** A folder of the stack's own, which the reaper removes. As root it must lie where PostgreSQL's unprivileged user can reach it. */
export function makeStackFolder(reaper: Reaper, dataDir: string | undefined, log: (line: string) => void): string {
  const user = unprivilegedUser();
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const wanted = [...(dataDir === undefined ? [] : [dataDir]), tmpdir(), '/tmp', '/var/tmp'];
  const parent = firstUsableFolder(wanted, user !== undefined);
  if (dataDir !== undefined && parent !== dataDir)
    log(`the user ${user?.name ?? ''} cannot reach ${dataDir}: data are in ${parent} instead`);
  const folder = mkdtempSync(join(parent, 'daybreak-stack-'));
  reaper.folder(folder);
  if (user) chmodSync(folder, 0o711); // others may pass through to what is theirs, not look around
  return folder;
}

/** Starts one store as a local process on free ports. */
export async function openAsProcess(name: PartName, context: ProcessContext, password: string): Promise<StackPart> {
  const open: Readonly<Record<PartName, (ports: readonly number[]) => Promise<StackPart>>> = {
    postgres: ([port = 0]) => startPostgres(context, port, password),
    redis: ([port = 0]) => startRedis(context, port, password),
    kafka: ([broker = 0, controller = 0, behindProxy = 0]) => startKafka(context, { broker, controller, behindProxy }),
  };
  return onFreePorts(3, open[name], () => {
    context.log(`${name}: its port was taken meanwhile, trying another`);
    rmSync(join(context.folder, name), { recursive: true, force: true });
  });
}
