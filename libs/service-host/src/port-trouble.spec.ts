import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { portTrouble } from './port-trouble.js';

describe(portTrouble.name, () => {
  it('says which port is taken and how to get another', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as AddressInfo;
    const refusal = await new Promise<unknown>((resolve) => createServer().once('error', resolve).listen(port, '127.0.0.1'));
    first.close();

    expect(portTrouble(refusal, { HTTP_HOST: '127.0.0.1', HTTP_PORT: port })).toBe(
      `port ${port} of 127.0.0.1 is taken by another process: stop that one, or set HTTP_PORT to a free port (0 takes any)`,
    );
  });

  it.each([
    ['EACCES', 'port 80 of ::1 may not be opened by this user: set HTTP_PORT to one above 1023 (0 takes any free one)'],
    ['EADDRNOTAVAIL', '::1 is no address of this machine: set HTTP_HOST to one that is (0.0.0.0 takes all)'],
    ['ECONNREFUSED', undefined],
  ])('has a sentence for %s, or none', (code, sentence) => {
    expect(portTrouble(Object.assign(new Error('listen'), { code }), { HTTP_HOST: '::1', HTTP_PORT: 80 })).toBe(sentence);
  });

  it('has none for what is no error', () => {
    expect(portTrouble('EADDRINUSE', { HTTP_HOST: '::1', HTTP_PORT: 80 })).toBeUndefined();
  });
});
