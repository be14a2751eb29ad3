import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { aRun, aGroup } from '../../test/run.factory.js';
import { figuresOf } from './figures.js';
import { publishedSchema } from './published-schema.js';
import { reportOf, runReportSchema } from './run-report.js';

const report = reportOf({
  run: aRun(),
  figures: figuresOf(
    aRun(),
    [aGroup({ deliveries: 840 }), aGroup({ status: 'failed', errorCode: 131026, sent: false, sentOnTime: false, deliveries: 10 })],
    aRun().window.liveSealAt,
  ),
  numbers: [{ shardId: 'shard-1', phoneNumberId: '400000000000001', accepted: 850, maxPerRollingSecond: 7, outOfWindow: 0 }],
  clock: { speed: 10 },
  sealedAtMs: aRun().window.liveSealAt,
});

describe('docs/report.schema.json', () => {
  it('is what the service answers by', async () => {
    const published = await readFile(new URL('../../../../docs/report.schema.json', import.meta.url), 'utf8');

    expect(published).toBe(publishedSchema());
  });

  it('takes a report, with and without what a witness adds', () => {
    const validate = new Ajv2020({ formats: { date: true, 'date-time': true } }).compile(JSON.parse(publishedSchema()) as object);

    expect(validate(report)).toBe(true);
    expect(validate({ ...report, seed: 7, witness: { accepted: 850, duplicates: 0, agrees: true } })).toBe(true);
    expect(validate({ ...report, verdict: 'MAYBE' })).toBe(false);
    expect(runReportSchema.parse(report)).toEqual(report);
  });
});
