import { describe, expect, it } from '@jest/globals';
import { newClusterId, secondDoor } from './kafka.js';

describe(newClusterId.name, () => {
  it('makes what Kafka takes for a cluster id, and never for an option', () => {
    const ids = Array.from({ length: 1_000 }, newClusterId);

    expect(ids.filter((id) => !/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe(secondDoor.name, () => {
  it('tells who comes by the proxy its address, and everybody else the broker’s own', () => {
    const settings = secondDoor('127.0.0.1:1', { controller: 2, behindProxy: 3 }, '127.0.0.1:4');

    expect(settings['listeners']).toBe('PLAINTEXT://127.0.0.1:1,PROXIED://127.0.0.1:3,CONTROLLER://127.0.0.1:2');
    expect(settings['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:1,PROXIED://127.0.0.1:4');
    expect(settings['listener.security.protocol.map']).toContain('PROXIED:PLAINTEXT');
  });
});
