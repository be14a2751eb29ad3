export { openService, startService, type HostConfig, type HostOptions, type RunningService } from './start-service.js';
export { Repeating } from './repeating.js';
export { serveApiDescription } from './serve-api-description.js';
export { Valid } from './valid.pipe.js';
