import { z } from 'zod';
import { runReportSchema } from './run-report.js';

/** The text of `docs/report.schema.json`. */
export const publishedSchema = (): string => `${JSON.stringify(z.toJSONSchema(runReportSchema, { target: 'draft-2020-12' }), null, 2)}\n`;
