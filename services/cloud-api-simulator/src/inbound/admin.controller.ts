import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { z } from 'zod';
import type { PhoneNumber } from '../platform/accounts.js';
import type { LedgerLine } from '../platform/ledger-entry.js';
import { Simulation } from '../platform/simulation.js';
import { layOver } from '../settings/load-settings.js';
import { recipientSettings } from '../settings/behaviour-settings.js';
import { actionSettings, faultSettings } from '../settings/incident-settings.js';
import { liveSettings } from '../settings/settings.js';

const inboundBody = z.strictObject({
  from: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with a leading plus'),
  /** A phone number id, or its place in the settings; absent: the first. */
  to: z.union([z.string(), z.number().int().positive()]).default(1),
  text: z.string().max(4_096).optional(),
  button: z.strictObject({ text: z.string(), payload: z.string().optional(), context: z.string().optional() }).optional(),
  interactive: z
    .strictObject({ kind: z.enum(['button_reply', 'list_reply']), id: z.string(), title: z.string(), context: z.string().optional() })
    .optional(),
  preference: z.enum(['stop', 'resume']).optional(),
  raw: z.record(z.string(), z.unknown()).optional(),
});

const MOST_LINES = 10_000;

/** What a scenario, a test or a curious person may ask and change while the simulator runs. Not part of Meta's API. */
@Controller('_sim')
export class AdminController {
  private readonly random: SeededRandom;

  constructor(private readonly simulation: Simulation) {
    this.random = seededRandom(`${simulation.settings.seed}/admin`);
  }

  @Get('state')
  state(): unknown {
    const { clock, directory, templates, messages, webhooks, timeline, ledger, faults, settings, recipients, media } = this.simulation;
    const nowMs = clock.nowMs();
    return {
      clock: clock.now().toISO(),
      speed: clock.speed,
      seed: settings.seed,
      about: settings.about,
      messages: { accepted: messages.acceptedTotal, by_status: messages.countByStatus() },
      webhooks: { backlog: webhooks.backlog },
      planned: timeline.size,
      recipients: recipients.count,
      media: media.count,
      ledger: { file: ledger.path, last_seq: ledger.lastSeq },
      faults: faults.list(),
      portfolios: [...directory.portfolios.values()].map((p) => ({
        id: p.id,
        messaging_limit: p.limit.messagingLimit,
        reached_in_last_day: p.limit.reachedInLastDay(nowMs),
      })),
      wabas: [...directory.wabas.values()].map((w) => ({
        id: w.id,
        ban_state: w.banState ?? null,
        subscribed_apps: [...w.subscribedApps.keys()],
      })),
      numbers: [...directory.numbers.values()].map((n) => ({
        id: n.id,
        waba_id: n.waba.id,
        status: n.status,
        quality_rating: n.qualityRating,
        throughput: n.throughput.perSecond,
        most_in_rolling_second: n.throughput.mostInRollingSecond,
      })),
      templates: templates.named(undefined, undefined).map((t) => ({
        id: t.id,
        name: t.name,
        language: t.language,
        category: t.category,
        status: t.status,
        quality_score: t.qualityScore,
        held: t.pacing?.heldCount ?? 0,
      })),
    };
  }

  @Get('config')
  config(): unknown {
    return this.simulation.live;
  }

  /** Lays the body over the settings of recipients, journey, webhooks, limits, review, quality, media or origin. */
  @Patch('config')
  changeConfig(@Body() body: unknown): unknown {
    Object.assign(this.simulation.live, parse(liveSettings, layOver(this.simulation.live, body)));
    return this.simulation.live;
  }

  @Put('recipients')
  describeRecipient(@Body() body: unknown): { phoneNumber: string } {
    const settings = parse(recipientSettings, body);
    this.simulation.recipients.describe(settings);
    return { phoneNumber: settings.phoneNumber };
  }

  /** A person writes, taps a button, or changes a preference. */
  @Post('inbound')
  inbound(@Body() body: unknown): { wamid: string | null } {
    const { from, to, preference, button, ...content } = parse(inboundBody, body);
    const number = this.number(to);
    const atMs = this.simulation.clock.nowMs();
    if (preference !== undefined) {
      this.simulation.inbound.prefer(from, number, preference, atMs, this.random);
      return { wamid: null };
    }
    const tapped = button === undefined ? undefined : { ...button, payload: button.payload ?? button.text };
    if (tapped === undefined && Object.values(content).every((c) => c === undefined))
      throw new BadRequestException('one of text, button, interactive, preference, raw is required');
    return { wamid: this.simulation.inbound.receive({ from, number, atMs, content: { ...content, button: tapped } }, this.random) };
  }

  @Get('faults')
  listFaults(): unknown {
    return this.simulation.faults.list();
  }

  @Post('faults')
  addFault(@Body() body: unknown): { id: string } {
    return { id: this.simulation.faults.add(parse(faultSettings, body)) };
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.simulation.faults.clear();
  }

  @Delete('faults/:id')
  @HttpCode(204)
  removeFault(@Param('id') id: string): void {
    if (!this.simulation.faults.remove(id)) throw new NotFoundException(`there is no fault ${id}`);
  }

  /** Something happens to the platform, now. */
  @Post('actions')
  @HttpCode(204)
  act(@Body() body: unknown): void {
    this.simulation.actions.perform(parse(actionSettings, body));
  }

  /** Lines of the ledger, filtered by any of their members, e.g. `?kind=request&accepted=true&after=100`. */
  @Get('ledger')
  ledger(@Query() query: Record<string, string>): Promise<LedgerLine[]> {
    const { after = '0', limit = '1000', ...equals } = query;
    return this.simulation.queryLedger({ equals, after: Number(after), limit: Math.min(Number(limit), MOST_LINES) });
  }

  private number(name: string | number): PhoneNumber {
    const [number] = this.simulation.directory.numbersNamed(name);
    if (number === undefined) throw new NotFoundException('there is no such phone number');
    return number;
  }
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new BadRequestException(parsed.error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`));
  return parsed.data;
}
