import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cachedFolder } from './cache-folder.js';

describe(cachedFolder.name, () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cache-'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const fillWith =
    (content: string, ms = 0) =>
    async (folder: string): Promise<void> => {
      await sleep(ms);
      writeFileSync(join(folder, 'content'), content);
    };

  it('fills a folder once', async () => {
    const first = await cachedFolder('jars', fillWith('first'), root);
    const second = await cachedFolder('jars', fillWith('second'), root);

    expect(second).toBe(first);
    expect(readdirSync(root)).toEqual(['jars']);
  });

  it('shows nobody a half-filled one, and starts afresh after a failure', async () => {
    const failed = cachedFolder('jars', () => Promise.reject(new Error('connection lost')), root);

    await expect(failed).rejects.toThrow('connection lost');
    expect(readdirSync(root)).toEqual([]);
    expect(existsSync(await cachedFolder('jars', fillWith('second try'), root))).toBe(true);
  });

  it('can be used by every user, whatever the umask of the one who filled it', async () => {
    const umask = process.umask(0o077);
    try {
      const folder = await cachedFolder(
        'deep/binaries',
        async (draft) => {
          mkdirSync(join(draft, 'lib'));
          writeFileSync(join(draft, 'lib', 'data'), '');
          writeFileSync(join(draft, 'lib', 'program'), '');
          chmodSync(join(draft, 'lib', 'program'), 0o700);
        },
        root,
      );

      const modes = ['..', '.', 'lib', 'lib/data', 'lib/program'].map((path) => statSync(join(folder, path)).mode & 0o777);
      expect(modes).toEqual([0o755, 0o755, 0o755, 0o644, 0o755]);
    } finally {
      process.umask(umask);
    }
  });

  it('lets two processes fill it at the same time', async () => {
    const folders = await Promise.all([cachedFolder('jars', fillWith('same', 20), root), cachedFolder('jars', fillWith('same', 40), root)]);

    expect(new Set(folders).size).toBe(1);
    expect(readdirSync(root)).toEqual(['jars']);
  });
});
