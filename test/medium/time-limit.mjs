import { jest } from '@jest/globals';

// Real stores on a busy two-core machine. A bound, not an expectation: nothing waits for it unless it fails.
jest.setTimeout(60_000);
