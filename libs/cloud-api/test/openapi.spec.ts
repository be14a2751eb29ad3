import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const GENERATE = join(import.meta.dirname, '..', 'openapi', 'generate.mjs');
const run = promisify(execFile);

const THEIRS = `
openapi: 3.0.0
paths:
  /{Version}/{Phone-Number-ID}/register:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Registration' }
      responses:
        '200': { content: { application/json: { schema: { type: object, properties: { success: { type: string } } } } } }
  /{Version}/{Phone-Number-ID}/deregister:
    post:
      responses:
        '200': { content: { application/json: { schema: { type: object, required: [success], properties: { success: { type: boolean } } } } } }
components:
  schemas:
    Registration:
      allOf:
        - type: object
          properties: { pin: { type: string }, certificate: { type: string } }
        - type: object
          required: [messaging_product]
          properties:
            messaging_product: { type: string, enum: [whatsapp, pigeon] }
            data_localization_region: { type: string, enum: [IN, MARS] }
            tier: { type: string }
            backup: { type: object, required: [data, password], properties: { data: { type: string }, password: { type: string } } }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('openapi:generate', () => {
  it('has been run since the description last changed', async () => {
    await expect(run(process.execPath, [GENERATE, '--check'])).resolves.toMatchObject({ stderr: '' });
  }, 30_000);

  it('prints, endpoint by endpoint, where another description differs', async () => {
    const theirs = join(folder, 'theirs.yaml');
    await writeFile(theirs, THEIRS);

    const { stdout } = await run(process.execPath, [GENERATE, '--spec', theirs]);

    const lines = stdout.split('\n');
    const register = lines.indexOf('POST /{phonenumberid}/register: 5 differences');
    expect(lines.slice(register + 1, register + 6)).toEqual([
      '  request: messaging_product may also be pigeon there',
      '  request: pin is required here, optional there',
      '  request: data_localization_region may also be MARS there',
      '  request: only theirs has certificate',
      '  answer: success is boolean here, string there',
    ]);
    expect(lines).toContain('POST /{phonenumberid}/deregister: the same');
    expect(lines).toContain('POST /{phonenumberid}/messages: not described there');
    expect(lines.at(-2)).toMatch(/^31 endpoints compared with .*theirs\.yaml: 30 differ\.$/);
  }, 30_000);

  it('says what is wrong with a description it cannot read', async () => {
    await expect(run(process.execPath, [GENERATE, '--spec', join(folder, 'missing.yaml')])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT'),
    });
  }, 30_000);
});
