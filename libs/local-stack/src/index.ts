export { startStack, type StartStackOptions } from './start-stack.js';
export { type PartName, type Stack, type StackKey, type StackPart } from './stack.js';
