export { CloudApiModule, type CloudApiHostConfig } from './cloud-api.module.js';
export { AccessTokens } from './access-tokens.js';
export { KeepTokens } from './keep-tokens.js';
export { RedisManagementBudget } from './redis-management-budget.js';
