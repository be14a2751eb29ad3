import { describe, expect, it } from '@jest/globals';
import { logicalName, resourceName } from './resource-name.js';

describe(resourceName.name, () => {
  it('puts the namespace in front, and nothing where there is none', () => {
    expect(resourceName('ns', 'daybreak.delivery.planned.v1')).toBe('ns.daybreak.delivery.planned.v1');
    expect(resourceName('', 'sender')).toBe('sender');
  });
});

describe(logicalName.name, () => {
  it.each([
    ['ns', 'ns.sender', 'sender'],
    ['', 'sender', 'sender'],
    ['ns', 'nsx.sender', 'nsx.sender'],
  ])('in "%s", %s is %s', (namespace, name, logical) => {
    expect(logicalName(namespace, name)).toBe(logical);
  });
});
