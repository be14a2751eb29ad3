import { SetMetadata, UseFilters, applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProblemFilter } from './problem.filter.js';
import { refusal } from './problem.js';
import type { Identity, Role } from './roles.js';

/** Metadata key of `@Roles`, read by the guard. */
export const REQUIRED_ROLES = Symbol('daybreak.access.roles');
/** Metadata key of `@Open`, read by the guard. */
export const OPEN = Symbol('daybreak.access.open');

/** Any one of these roles may call the route, or every route of the class. Whatever it refuses is answered as problem+json. */
export const Roles = (...roles: readonly [Role, ...Role[]]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(REQUIRED_ROLES, roles), UseFilters(ProblemFilter));

/** Anybody may call it. */
export const Open = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN, true);

const identities = new WeakMap<object, Identity>();

/** What the guard found out about a request. */
export const remember = (request: object, identity: Identity): void => void identities.set(request, identity);

/** Who calls: `@Caller() caller: Identity`. Only behind `@Roles`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const identity = identities.get(context.switchToHttp().getRequest<object>());
  if (!identity) throw refusal(401, 'this route does not know who calls it');
  return identity;
});
