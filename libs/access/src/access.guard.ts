import { reasonOf } from '@daybreak/kernel';
import { ObservabilityController, metrics } from '@daybreak/observability';
import { HttpException, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator.js';
import { OPEN, REQUIRED_ROLES, remember } from './decorators.js';
import { refusal } from './problem.js';
import { holds, type Role } from './roles.js';

/** What the kubelet and Prometheus ask for: reachable from inside the cluster only, and nothing in it about anybody. */
const ALWAYS_OPEN: readonly unknown[] = [ObservabilityController];

/** Stands before every route of the service. One that neither names roles nor says that it is open lets nobody in. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true; // events of our own bus
    const route = [context.getHandler(), context.getClass()];
    if (ALWAYS_OPEN.includes(context.getClass()) || this.reflector.getAllAndOverride<boolean>(OPEN, route)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      await this.admit(request, this.reflector.getAllAndOverride<readonly Role[]>(REQUIRED_ROLES, route) ?? []);
      return true;
    } catch (error) {
      this.told(request, error);
      throw error;
    }
  }

  private async admit(request: FastifyRequest, required: readonly Role[]): Promise<void> {
    const identity = await this.authenticator.identify(request.headers.authorization);
    if (!required.some((role) => holds(identity, role)))
      throw refusal(403, required.length === 0 ? 'nobody may do this' : `this needs the role ${required.join(' or ')}`, {
        requiredRoles: required,
      });
    remember(request, identity);
  }

  private told(request: FastifyRequest, error: unknown): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    metrics.accessRefused.inc({ status });
    const why = reasonOf(error);
    this.logger.warn(`${request.method} ${request.routeOptions.url ?? '?'} refused with ${status}: ${why}`);
  }
}
