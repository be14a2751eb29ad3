import { commonConfig } from '@daybreak/config';
import { z } from 'zod';

/** Every variable the simulator reads. What it simulates is in the file that SIM_CONFIG names; the table in the README is generated from this. */
export const simulatorConfig = z.object({
  ...commonConfig,
  SIM_CONFIG: z
    .string()
    .optional()
    .describe('YAML file of apps, tokens, accounts, numbers, templates and behaviour. Absent: config/default.yaml of this service.'),
  SIM_SCENARIO: z.string().optional().describe('Scenario laid over it: a name from scenarios/, or the path of a YAML file.'),
  SIM_LEDGER_FILE: z.string().default('.daybreak/simulator/ledger.ndjson').describe('The append-only ledger, one JSON object a line.'),
  SIM_SEED: z.coerce.number().int().optional().describe('Replaces the seed of the settings.'),
  SIM_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .optional()
    .describe('Callback of the first app, registered from the start.'),
  SIM_WEBHOOK_VERIFY_TOKEN: z.string().optional().describe('Verify token of the first app.'),
  SIM_APP_SECRET: z.string().optional().describe('Replaces the secret of the first app: signs its webhooks.'),
  SIM_ACCESS_TOKEN: z.string().min(8).optional().describe('Replaces the first access token.'),
  SIM_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .transform((url) => url.replace(/\/$/, ''))
    .optional()
    .describe('How others reach the simulator; in media URLs and `paging.next`. Absent: the Host header of the request.'),
});

export type SimulatorConfig = z.output<typeof simulatorConfig>;
