// Writes docs/report.schema.json from the built service: `npx nx build @daybreak/sla-tracker && node services/sla-tracker/write-report-schema.mjs`
import { writeFile } from 'node:fs/promises';
import { publishedSchema } from './dist/run/published-schema.js';

await writeFile(new URL('../../docs/report.schema.json', import.meta.url), publishedSchema());
