import { create } from '@bufbuild/protobuf';
import { AlertRaisedSchema, AlertSeverity, topics } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';
import { wireInstant } from './wire-instant.js';

export interface Alert {
  /** Also the name of its runbook. */
  readonly name: string;
  readonly severity: 'warning' | 'page';
  /** One sentence for whoever is woken up. */
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** What a person must look at. */
@Injectable()
export class AlertPublisher {
  constructor(private readonly outbox: Outbox) {}

  async raise(tx: Sql, alert: Alert): Promise<void> {
    const event = create(AlertRaisedSchema, {
      alertName: alert.name,
      severity: alert.severity === 'page' ? AlertSeverity.PAGE : AlertSeverity.WARNING,
      summary: alert.summary,
      labels: { ...alert.labels },
      runbook: `docs/runbooks/${alert.name}.md`,
      raisedAt: wireInstant(alert.atMs),
    });
    await this.outbox.add(tx, topics.alertRaised, [event]);
  }
}
