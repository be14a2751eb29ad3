import { isAppError } from '@daybreak/kernel';
import { scrub } from '@daybreak/privacy';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isProblem, problem, type Problem } from './problem.js';

/** Whatever a route throws, as problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const body = this.problemOf(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>().status(body.status).type('application/problem+json');
    if (body.status === 401) void reply.header('www-authenticate', 'Bearer realm="daybreak"');
    if (body.status === 503) void reply.header('retry-after', '5');
    await reply.send(body);
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof HttpException) {
      const response = error.getResponse();
      return isProblem(response) ? response : problem(error.getStatus(), error.message);
    }
    if (isAppError(error)) {
      if (error.violations.length > 0) return problem(400, 'the request is not valid', { errors: error.violations });
      return problem(error.retry.kind === 'drop' ? 422 : 503, scrub(error.message));
    }
    this.logger.error(error instanceof Error ? error : new Error(String(error)));
    return problem(500, 'something is wrong here; the log says what');
  }
}
