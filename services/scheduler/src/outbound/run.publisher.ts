import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AlertRaisedSchema, AlertSeverity, topics } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';
import type { PlanInputs } from '../plan/plan-inputs.js';
import type { PlannedDelivery } from '../plan/plan-line.js';
import type { RunAlert } from '../run/run-alerts.js';
import type { Run } from '../run/run.js';
import { deliveryPlannedMapper } from './delivery-planned.mapper.js';
import { toRunChanged } from './run-changed.mapper.js';

const SEVERITY = { page: AlertSeverity.PAGE, warning: AlertSeverity.WARNING } as const;

/** Everything said of a run goes out with the row that makes it true: through the outbox, in the same transaction. */
@Injectable()
export class RunPublisher {
  constructor(private readonly outbox: Outbox) {}

  async changed(tx: Sql, runs: readonly Run[]): Promise<void> {
    await this.outbox.add(tx, topics.runChanged, runs.map(toRunChanged));
  }

  /** @param batches the frozen plan; only one batch of it is in memory at a time */
  async planned(tx: Sql, run: Run, inputs: PlanInputs, batches: AsyncIterable<readonly PlannedDelivery[]>): Promise<void> {
    const toDeliveryPlanned = deliveryPlannedMapper(run, inputs);
    for await (const batch of batches) await this.outbox.add(tx, topics.deliveryPlanned, batch.map(toDeliveryPlanned));
  }

  async alert(tx: Sql, run: Run, alerts: readonly RunAlert[]): Promise<void> {
    const events = alerts.map(({ name, severity, summary }) =>
      create(AlertRaisedSchema, {
        alertName: name,
        severity: SEVERITY[severity],
        summary,
        labels: { run_id: run.runId },
        runbook: `docs/runbooks/${name}.md`,
        raisedAt: timestampFromMs(Math.floor(run.changedAtMs)),
      }),
    );
    await this.outbox.add(tx, topics.alertRaised, events);
  }
}
