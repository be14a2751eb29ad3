import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../store/audit.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { SealRepository } from '../store/seal.repository.js';
import { TallyRepository } from '../store/tally.repository.js';

/** What sealing reads and writes. */
@Injectable()
export class SealStores {
  constructor(
    readonly database: Database,
    readonly runs: RunRepository,
    readonly tally: TallyRepository,
    readonly seals: SealRepository,
    readonly audit: AuditRepository,
  ) {}
}
