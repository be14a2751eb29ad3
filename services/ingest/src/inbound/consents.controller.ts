import { Caller, Roles, actorOf, refusal, type Identity } from '@daybreak/access';
import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ErasePeople } from '../consent/erase-people.js';
import { ReadConsent, type ConsentView, type LineView } from '../consent/read-consent.js';
import { RecordStatements, type StatementOutcome } from '../consent/record-statements.js';
import { readPerson, readStatement, type Person } from '../consent/statement.js';

const NOBODY = 'the back office has told of no such recipient';

/** Consent for the desk. Phone numbers come in bodies only, and no answer here has one. */
@Controller('consents')
@Roles('viewer')
export class ConsentsController {
  constructor(
    private readonly consent: ReadConsent,
    private readonly statements: RecordStatements,
    private readonly people: ErasePeople,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('recipients/:recipientId')
  @Header('cache-control', 'no-store')
  async state(@Param('recipientId') recipientId: string): Promise<ConsentView> {
    const [view] = await this.consent.of(named(recipientId));
    return found(view);
  }

  /** Every line of the ledger, oldest first, without its proof. */
  @Get('recipients/:recipientId/history')
  @Header('cache-control', 'no-store')
  async history(@Param('recipientId') recipientId: string): Promise<{ readonly lines: readonly LineView[] }> {
    named(recipientId);
    return { lines: found(await this.consent.historyOf(recipientId)) };
  }

  /** Who is behind a phone number: nobody, one, or several who share it. */
  @Post('lookup')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async lookup(@Body() body: unknown): Promise<{ readonly recipients: readonly ConsentView[] }> {
    return { recipients: await this.consent.of(readPerson(body)) };
  }

  /** What somebody said outside of WhatsApp. Said again, it is there already: 200 instead of 201. */
  @Post()
  @Roles('operator')
  @Header('cache-control', 'no-store')
  async record(
    @Body() body: unknown,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly outcome: StatementOutcome | undefined; readonly recipients: readonly ConsentView[] }> {
    const statement = readStatement(body, this.clock.nowMs());
    const [outcome] = await this.statements.all([statement], { actor: actorOf(caller), source: 'operator' });
    if (outcome === 'unknown-recipient') throw refusal(404, NOBODY);
    void reply.status(outcome === 'repeated' ? 200 : 201);
    return { outcome, recipients: await this.consent.of(statement.who) };
  }

  /** Everything of a person, for ever. Tell the back office first: what it says later founds the person anew. */
  @Post('erasures')
  @Roles('dpo')
  @HttpCode(200)
  async erase(
    @Body() body: unknown,
    @Caller() caller: Identity,
  ): Promise<{ readonly recipientIds: readonly string[]; readonly lines: number }> {
    const { people, lines } = await this.people.order(readPerson(body), actorOf(caller));
    if (people.length === 0 && lines === 0) throw refusal(404, 'nothing is held of this person');
    return { recipientIds: people.map(({ recipientId }) => recipientId), lines };
  }
}

const named = (recipientId: string): Person => readPerson({ recipientId });

function found<T>(value: T | undefined): T {
  if (value === undefined) throw refusal(404, NOBODY);
  return value;
}
