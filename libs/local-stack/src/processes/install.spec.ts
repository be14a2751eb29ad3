import { describe, expect, it } from '@jest/globals';
import { ensureTool } from './install.js';

const policy = { allowed: false, log: () => undefined };

describe(ensureTool.name, () => {
  it('finds what is installed', async () => {
    await expect(ensureTool({ command: 'sh', debianPackage: 'dash', need: 'shell' }, policy)).resolves.toMatch(/^\/.*\/sh$/);
  });

  it('says in one sentence what is missing, what for, and how to get it', async () => {
    const missing = ensureTool({ command: 'no-such-tool', debianPackage: 'no-such-package', need: 'queues live in it' }, policy);

    await expect(missing).rejects.toThrow(
      'no-such-tool is missing (queues live in it): install it, e.g. with "apt-get install no-such-package"; installing it for you is switched off by LOCAL_STACK_INSTALL=0',
    );
  });

  it('does not take a version that does not suit', async () => {
    const tooOld = ensureTool({ command: 'sh', debianPackage: 'dash', need: 'shell 99', suits: () => Promise.resolve(false) }, policy);

    await expect(tooOld).rejects.toThrow(/^sh is missing \(shell 99\)/);
  });
});
