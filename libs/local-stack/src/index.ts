export { startStack, type StartStackOptions } from './start-stack.js';
export { type PartName, type Stack, type StackKey, type StackPart } from './stack.js';
export { prepareNamespace, type PreparedNamespace, type PrepareOptions } from './services/prepare-namespace.js';
export { launchServices, type LaunchedServices, type LaunchOptions, type ServiceSpec } from './services/launch-services.js';
export { type Crash } from './services/service-process.js';
export { type Urls } from './services/shared-environment.js';
export { clockSpecFrom, type ClockStart } from './services/clock-spec.js';
