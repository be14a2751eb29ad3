import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstUsableFolder, isTraversableByAll } from './unprivileged-user.js';

describe('folders for an unprivileged user', () => {
  let open: string;
  let underClosedHome: string;

  beforeEach(() => {
    open = mkdtempSync('/tmp/folders-');
    chmodSync(open, 0o755);
    underClosedHome = join(open, 'home', 'clone');
    mkdirSync(underClosedHome, { recursive: true });
    chmodSync(join(open, 'home'), 0o700);
  });

  afterEach(() => rmSync(open, { recursive: true, force: true }));

  it('sees that a clone under a home with mode 0700 cannot be reached', () => {
    expect(isTraversableByAll(open)).toBe(true);
    expect(isTraversableByAll(underClosedHome)).toBe(false);
  });

  it('takes the first that will do', () => {
    expect(firstUsableFolder([underClosedHome, open], false)).toBe(underClosedHome);
    expect(firstUsableFolder([underClosedHome, open], true)).toBe(open);
    expect(firstUsableFolder([join(open, 'absent'), open], true)).toBe(open);
  });

  it('says so when none will do', () => {
    expect(() => firstUsableFolder([underClosedHome], true)).toThrow(/can be written to and reached by an unprivileged user/);
  });
});
