export { AccessModule } from './access.module.js';
export { Roles, Open, Caller } from './decorators.js';
export { ROLES, actorOf, holds, isRole, type Role, type Identity } from './roles.js';
export { refusal, type Problem } from './problem.js';
export { ProblemFilter } from './problem.filter.js';
export { newLocalToken } from './local-tokens.js';
