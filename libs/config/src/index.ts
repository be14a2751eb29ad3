export type { ConfigProblem } from './config-problem.js';
export { loadConfig, bootConfig, ConfigError } from './load-config.js';
export { describeConfig, type ConfigRow } from './describe-config.js';
export { commonConfig, kafkaConfig, databaseConfig, redisConfig, privacyConfig, cloudApiConfig, accessConfig } from './fragments.js';
export { type AccessConfig, type AccessToken, type AddressKey } from './fragments.js';
export { redisAddressOf, type RedisAddress, type RedisConfig } from './redis-address.js';
export { ConfigModule, CONFIG, CLOCK, clockOf, type ClockConfig } from './config.module.js';
export { failpoint, type Failpoint } from './failpoint.js';
