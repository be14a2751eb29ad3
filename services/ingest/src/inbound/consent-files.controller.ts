import { Readable } from 'node:stream';
import { Caller, Roles, actorOf, refusal, type Identity } from '@daybreak/access';
import { CONFIG } from '@daybreak/config';
import { invalid, type Violation } from '@daybreak/kernel';
import { startOfLocalDay } from '@daybreak/timing';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { ExportConsent } from '../consent/export-consent.js';
import { ImportConsents } from '../consent/import-consents.js';
import { readPerson } from '../consent/statement.js';
import type { IngestConfig } from '../ingest.config.js';
import { asJsonLines, linesAsCsv, provenLinesAsCsv } from './consent-csv.mapper.js';

const NDJSON = 'application/x-ndjson; charset=utf-8';
const CSV = 'text/csv; charset=utf-8';

/** Consent in files: in with evidence, out for the person it is about and for auditors. All of it streams. */
@Controller('consents')
export class ConsentFilesController {
  constructor(
    private readonly imports: ImportConsents,
    private readonly exports: ExportConsent,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'CONSENT_TIME_ZONE'>,
  ) {}

  /** Answers while it reads: one JSON line per wrong row, and at the end one with the counts. */
  @Post('import')
  @Roles('operator')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async import(@Body() csv: unknown, @Query('dryRun') dryRun: string | undefined, @Caller() caller: Identity): Promise<StreamableFile> {
    if (!(csv instanceof Readable)) throw refusal(415, 'an import is a file of the type text/csv');
    const report = await this.imports.open(csv, { actor: actorOf(caller), dryRun: flag('dryRun', dryRun) });
    return new StreamableFile(asJsonLines(report), { type: NDJSON });
  }

  /** Everything of one person: what they said, when, how, in which words. */
  @Get('recipients/:recipientId/export')
  @Roles('dpo')
  @Header('cache-control', 'no-store')
  async ofRecipient(
    @Param('recipientId') recipientId: string,
    @Query('format') format: string | undefined,
    @Caller() caller: Identity,
  ): Promise<StreamableFile> {
    readPerson({ recipientId });
    const kind = oneOf('format', ['json', 'csv'], format);
    const record = await this.exports.ofRecipient(recipientId, actorOf(caller));
    if (record === undefined) throw refusal(404, 'the back office has told of no such recipient');
    if (kind === 'csv') return download(provenLinesAsCsv(record.consent), CSV, `consent-${recipientId}.csv`);
    return download(
      Readable.from([JSON.stringify(record, undefined, 2)]),
      'application/json; charset=utf-8',
      `consent-${recipientId}.json`,
    );
  }

  /** Every line that was recorded in a span of time, for an audit: without addresses and without proofs. */
  @Get('export')
  @Roles('dpo')
  @Header('cache-control', 'no-store')
  recorded(
    @Query('from') from: string | undefined,
    @Query('to') to: string | undefined,
    @Query('format') format: string | undefined,
    @Caller() caller: Identity,
  ): StreamableFile {
    const kind = oneOf('format', ['ndjson', 'csv'], format);
    const violations: Violation[] = [];
    const [fromMs, toMs] = [this.instantOf('from', from, violations), this.instantOf('to', to, violations)];
    if (violations.length === 0 && toMs <= fromMs) violations.push({ field: 'to', reason: 'must lie after from' });
    if (violations.length > 0) throw invalid(...violations);
    const lines = this.exports.recorded(fromMs, toMs, actorOf(caller));
    return kind === 'csv'
      ? download(linesAsCsv(lines), CSV, 'consent-ledger.csv')
      : download(asJsonLines(lines), NDJSON, 'consent-ledger.ndjson');
  }

  private instantOf(field: string, text: string | undefined, violations: Violation[]): number {
    if (text !== undefined && z.iso.date().safeParse(text).success) return startOfLocalDay(text, this.config.CONSENT_TIME_ZONE);
    if (text !== undefined && z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
    violations.push({ field, reason: text === undefined ? 'is missing' : 'must be a day (2026-11-22) or an instant with its offset' });
    return Number.NaN;
  }
}

const download = (content: Readable, type: string, name: string): StreamableFile =>
  new StreamableFile(content, { type, disposition: `attachment; filename="${name}"` });

function oneOf<const T extends string>(field: string, choices: readonly [T, ...T[]], text: string | undefined): T {
  const choice = text === undefined ? choices[0] : choices.find((known) => known === text);
  if (choice === undefined) throw invalid({ field, reason: `must be one of ${choices.join(', ')}` });
  return choice;
}

function flag(field: string, text: string | undefined): boolean {
  return oneOf(field, ['false', 'true'], text) === 'true';
}
