// Generates a service's Prisma client from prisma/schema.prisma. Runs in the service's folder (`nx prisma-generate <service>`).
//
// Prisma's CLI insists on having its schema engine, a native binary it would download, before any command. `generate` never runs it
// (the generator is Rust-free, and migrations are applied by our own runner), so any executable will do. A build thus needs no
// second download, and works where only the npm registry is reachable.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const prisma = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'index.js');
const { status } = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  stdio: 'inherit',
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
});
process.exit(status ?? 1);
