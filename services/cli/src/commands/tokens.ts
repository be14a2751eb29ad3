import { ROLES, isRole, type Role } from '@daybreak/access/roles';
import { InvalidArgumentError } from 'commander';
import type { CommandSet } from '../cli.js';

/** Access tokens for machines without an identity provider. Made here; no service is asked. */
export const tokenCommands: CommandSet = (program, cli) => {
  const tokens = program.command('tokens').description('access tokens for a machine without an identity provider');

  tokens
    .command('new')
    .description('make a token, shown once, and its entry for ACCESS_TOKENS, which holds its hash only')
    .requiredOption('--subject <name>', 'who it is for, as the audit log will call them', subjectOf)
    .requiredOption('--role <role...>', `one or more of ${ROLES.join(', ')}`, collectRole)
    .action(async ({ subject, role }: { subject: string; role: readonly Role[] }) => {
      const { newLocalToken } = await import('@daybreak/access'); // brings Nest: only where it is needed
      const made = newLocalToken(subject, role);
      cli.show(made, () => `token (keep it; it is not shown again):\n  ${made.token}\nentry for ACCESS_TOKENS:\n  ${made.entry}\n`);
    });
};

function subjectOf(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Letters, digits and . _ @ - only, 64 at most.');
}

function collectRole(text: string, before: readonly Role[] = []): readonly Role[] {
  if (isRole(text)) return [...before, text];
  throw new InvalidArgumentError(`One of ${ROLES.join(', ')}.`);
}
