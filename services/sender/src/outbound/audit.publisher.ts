import { create } from '@bufbuild/protobuf';
import { AuditRecordedSchema, topics } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { canonicalJson, newEventId, sha256Hex } from '@daybreak/kernel';
import { Injectable } from '@nestjs/common';
import { wireInstant } from './wire-instant.js';

/** Somebody changed something. */
export interface Audited {
  readonly actor: string;
  /** Verb and noun, e.g. `shard.paused`. */
  readonly action: string;
  /** What it was done to, e.g. `shard/shard-1`. */
  readonly object: string;
  /** Absent where there was none. */
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly details: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** The audit log's entries, in the transaction that makes the change. */
@Injectable()
export class AuditPublisher {
  constructor(private readonly outbox: Outbox) {}

  recorded(tx: Sql, { actor, action, object, before, after, details, atMs }: Audited): Promise<void> {
    return this.outbox.add(tx, topics.auditRecorded, [
      create(AuditRecordedSchema, {
        auditId: newEventId(),
        actor,
        action,
        object,
        beforeDigest: digestOf(before),
        afterDigest: digestOf(after),
        details: { ...details, ...textOf('before', before), ...textOf('after', after) },
        recordedAt: wireInstant(atMs),
      }),
    ]);
  }
}

const digestOf = (state: object | undefined): string => (state ? sha256Hex(canonicalJson(state)) : '');

/** Small enough to be told, and a digest alone explains nothing to a reader. */
const textOf = (name: string, state: object | undefined): Record<string, string> => (state ? { [name]: canonicalJson(state) } : {});
