import { describe, expect, it } from '@jest/globals';
import { describeReport } from './describe-report.js';
import { figuresOf } from './figures.js';
import { aGroup, aRun } from '../../test/run.factory.js';
import { reportOf } from './run-report.js';

const run = aRun();
const line = (deliveries: number): string =>
  describeReport(
    reportOf({ run, figures: figuresOf(run, [aGroup({ deliveries })], run.window.liveSealAt), numbers: [], clock: { speed: 1 } }),
    run,
  );

describe(describeReport.name, () => {
  it('is one line for people', () => {
    expect(line(847)).toBe('📩 06:00 delivery: 847/850 sent on time (99.6%), PASS');
  });

  it('never rounds up to a share that was not reached', () => {
    expect(line(841)).toBe('📩 06:00 delivery: 841/850 sent on time (98.9%), FAIL');
  });
});
