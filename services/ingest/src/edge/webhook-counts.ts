import type { WebhookEvent } from '@daybreak/cloud-api';
import { parseReference } from '@daybreak/delivery';
import { metrics } from '@daybreak/observability';
import { Injectable } from '@nestjs/common';
import { StatusTally } from '../completeness/status-tally.js';
import type { DeskSlip } from '../consent/desk-slip.js';

/** What came in, in figures. */
@Injectable()
export class WebhookCounts {
  constructor(private readonly tally: StatusTally) {}

  count(events: readonly WebhookEvent[], slips: readonly DeskSlip[], nowMs: number): void {
    for (const slip of slips)
      if (slip.kind === 'signal' && slip.signal.confirm) metrics.inboundCommands.inc({ command: slip.signal.change });
    for (const event of events) {
      metrics.webhookEvents.inc({ kind: event.kind });
      if (event.kind === 'unknown') metrics.webhookUnknown.inc({ what: 'field' });
      if (event.kind !== 'status') continue;
      if (event.knownStatus === null) metrics.webhookUnknown.inc({ what: 'status' });
      if (event.occurredAtMs === null) continue;
      metrics.webhookEventLag.observe({ kind: 'status' }, Math.max(0, nowMs - event.occurredAtMs) / 1_000);
    }
  }

  /** Of a webhook that is kept: one that is refused comes again. Every message gets one of these two, unless its webhooks do not reach us. */
  kept(events: readonly WebhookEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'status' || event.occurredAtMs === null || event.reference === null) continue;
      if (event.knownStatus !== 'sent' && event.knownStatus !== 'failed') continue; // the others may be skipped
      if (parseReference(event.reference)?.kind === 'd') this.tally.saw(event.wabaId ?? '', event.reference, event.occurredAtMs);
    }
  }
}
