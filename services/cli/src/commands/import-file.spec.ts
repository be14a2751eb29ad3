import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../exit-code.js';
import { run } from '../program.js';

const COUNTS = { importId: 'i', complete: true, rows: 3, recorded: 1, waiting: 0, repeated: 0, wrong: 2 };

describe('daybreak consents import', () => {
  let server: Server;
  let folder: string;
  let answer: object[];
  let received: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daybreak-import-'));
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received = body;
        response.end(answer.map((one) => `${JSON.stringify(one)}\n`).join(''));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const importing = async (csv: string): Promise<number> => {
    writeFileSync(join(folder, 'f.csv'), csv);
    const streams = { stdin: Readable.from([]), stdout: new PassThrough().resume(), stderr: new PassThrough().resume() };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return run(['consents', 'import', join(folder, 'f.csv')], streams, {
      DAYBREAK_INGEST_URL: url,
      DAYBREAK_TOKEN: 'dbk_only-for-this-test',
    });
  };

  it('gives the wrong rows back as they were, with what is wrong in front', async () => {
    const wrong = (line: number, field: string, reason: string): object => ({ wrongRow: { line, field, reason } });
    answer = [wrong(3, 'purpose', 'no such'), wrong(3, 'said_at', 'is missing'), wrong(4, 'row', 'too few'), { summary: COUNTS }];
    const csv = 'error_line,recipient_id,purpose\n7,a,content\n8,b,"fun, games"\n9\n';

    expect(await importing(csv)).toBe(EXIT.unwell);

    expect(received).toBe(csv);
    expect(readFileSync(join(folder, 'f.csv.errors.csv'), 'utf8')).toBe(
      'error_line,error_field,error_reason,recipient_id,purpose\n3,purpose; said_at,no such; is missing,b,"fun, games"\n4,row,too few\n',
    );
  });

  it('says when the answer was cut off', async () => {
    answer = [];

    expect(await importing('recipient_id\n')).toBe(EXIT.unreachable);
  });
});
