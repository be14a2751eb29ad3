import { z } from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

/** Every variable the command line reads. Flags of the same meaning win. */
export const cliConfig = z.object({
  DAYBREAK_SENDER_URL: url.optional().describe('Where the sender answers; any of its pods. Flag: `--sender-url`.'),
  DAYBREAK_INGEST_URL: url.optional().describe('Where ingest answers. Flag: `--ingest-url`.'),
  DAYBREAK_SCHEDULER_URL: url.optional().describe('Where the scheduler answers. Flag: `--scheduler-url`.'),
  DAYBREAK_SLA_TRACKER_URL: url.optional().describe('Where the sla-tracker answers. Flag: `--sla-tracker-url`.'),
  DAYBREAK_TOKEN: z
    .string()
    .optional()
    .describe('Access token. There is no flag for it: a command line can be read by everybody on the machine.'),
  DAYBREAK_TOKEN_FILE: z.string().optional().describe('File that holds the access token, where DAYBREAK_TOKEN is not set.'),
  DAYBREAK_TIMEOUT_MS: z.coerce.number().int().min(100).default(10_000).describe('How long a service may take to answer, ms.'),
});

export type CliConfig = z.output<typeof cliConfig>;
