import { Roles } from '@daybreak/access';
import { Controller, Get } from '@nestjs/common';
import { AuditLog, type ChainCheck } from '../audit/audit-log.js';

@Controller('audit')
@Roles('viewer')
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  /** Recomputes the whole chain. */
  @Get('check')
  check(): Promise<ChainCheck> {
    return this.log.check();
  }
}
