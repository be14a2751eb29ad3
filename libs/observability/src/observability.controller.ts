import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { register } from 'prom-client';
import { scrub } from '@daybreak/privacy';
import { HealthRegistry, type HealthKind, type HealthReport } from './health.js';

/** What Prometheus and the kubelet ask for. Reachable from inside the cluster only. */
@Controller()
export class ObservabilityController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('metrics')
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }

  @Get('healthz')
  liveness(): Promise<HealthReport> {
    return this.answer('liveness');
  }

  @Get('readyz')
  readiness(): Promise<HealthReport> {
    return this.answer('readiness');
  }

  private async answer(kind: HealthKind): Promise<HealthReport> {
    const report = await this.health.report(kind);
    if (report.healthy) return report;
    throw new ServiceUnavailableException({
      ...report,
      checks: Object.fromEntries(Object.entries(report.checks).map(([name, why]) => [name, scrub(why)])),
    });
  }
}
