import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type AuditRecorded } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { AuditEntry } from '../audit/audit-chain.js';
import { AuditLog } from '../audit/audit-log.js';
import { mapEach } from './events-of.js';

/** What others did, for the log. */
@Controller()
export class AuditConsumer {
  constructor(private readonly log: AuditLog) {}

  @EventPattern<string>(topics.auditRecorded.name)
  async recorded(@Payload() received: readonly Received<AuditRecorded>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, ({ event }) => entryOf(event));
    await this.log.record(mapped);
    return rejections;
  }
}

function entryOf(event: AuditRecorded): AuditEntry {
  if (event.auditId === '') throw invalid({ field: 'audit_id', reason: 'is required' });
  if (event.recordedAt === undefined) throw invalid({ field: 'recorded_at', reason: 'is required' });
  return {
    auditId: event.auditId,
    actor: event.actor,
    action: event.action,
    object: event.object,
    beforeDigest: event.beforeDigest,
    afterDigest: event.afterDigest,
    details: event.details,
    recordedAt: timestampMs(event.recordedAt),
  };
}
