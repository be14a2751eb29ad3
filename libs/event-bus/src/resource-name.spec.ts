import { describe, expect, it } from '@jest/globals';
import { resourceName } from './resource-name.js';

describe(resourceName.name, () => {
  it('puts the namespace in front, and nothing where there is none', () => {
    expect(resourceName('ns', 'daybreak.delivery.planned.v1')).toBe('ns.daybreak.delivery.planned.v1');
    expect(resourceName('', 'sender')).toBe('sender');
  });
});
