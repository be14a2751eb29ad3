import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { prettyConsole } from './pretty-console.js';

const NUMBER = '+919812345678';
const WAMID = 'wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgSRA==';
const TOKEN = 'EAAGm0PX4ZCpsBAKexample';

const setup = (options: { level?: string } = {}) => {
  const lines: string[] = [];
  const sut = createLogger('sender', { ...options, destination: { write: (line) => void lines.push(line) } });
  return { sut, lines, entry: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
};

describe(createLogger.name, () => {
  it('writes one JSON object per line: time, level, service, message, fields', () => {
    const { sut, entry } = setup();

    sut.info({ shard_id: 'shard-1', port: 8080 }, 'listening');

    expect(entry()).toMatchObject({ level: 'info', service: 'sender', msg: 'listening', shard_id: 'shard-1', port: 8080 });
    expect(entry()['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('lets no number, wamid or token through: message, field, nested field, list, error message, cause, stack', () => {
    const { sut, lines } = setup();
    const cause = new Error(`upstream said ${TOKEN}`);

    sut.warn(`to ${NUMBER}`);
    sut.warn({ note: NUMBER, deep: { list: [WAMID, { waId: NUMBER.slice(1) }] } }, 'fields');
    sut.error({ err: new Error(`POST for ${NUMBER} (${WAMID}) failed`, { cause }) }, 'failed');
    sut.child({ bound: NUMBER }).info('child');

    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(() => JSON.parse(line) as unknown).not.toThrow();
      expect(line).not.toMatch(/98123|wamid\.|EAAG/);
    }
    expect(lines[2]).toContain('[token]');
  });

  it('stays valid JSON when a bare number is a phone number', () => {
    const { sut, entry } = setup();

    sut.info({ value: 919_812_345_678, list: [9_812_345_678] }, 'numbers');

    expect(entry()).toMatchObject({ value: '[phone]', list: ['[phone]'] });
  });

  it('never writes a field whose name says what it holds', () => {
    const { sut, entry } = setup();

    sut.info({ token: 'short', request: { authorization: 'x', to: 'y' } }, 'redacted');

    expect(entry()).toMatchObject({ token: '[redacted]', request: { authorization: '[redacted]', to: '[redacted]' } });
  });

  it('keeps the level it was given', () => {
    const { sut, lines } = setup({ level: 'warn' });

    sut.info('not this');
    sut.warn('but this');

    expect(lines).toHaveLength(1);
  });
});

describe(prettyConsole.name, () => {
  const pretty = (colourLevel: 0 | 3) => {
    const written: string[] = [];
    const output = prettyConsole({ write: (line) => void written.push(line) }, colourLevel);
    return { logger: createLogger('sla-tracker', { destination: output }), written };
  };

  it('prints the tag, then what happened', () => {
    const { logger, written } = pretty(0);

    logger.info('📩 06:00 delivery: 847/850 sent successfully (99.6%)');

    expect(written).toEqual(['[WHATSAPP-0EA5E9] 📩 06:00 delivery: 847/850 sent successfully (99.6%)\n']);
  });

  it('prints the tag in #0EA5E9', () => {
    const { logger, written } = pretty(3);

    logger.info('06:00');

    expect(written[0]).toContain('\u001b[38;2;14;165;233m[WHATSAPP-0EA5E9]');
  });

  it('puts fields behind the message and the stack below it, both scrubbed', () => {
    const { logger, written } = pretty(0);

    logger.error({ shard_id: 'shard-1', err: new Error(`no answer for ${NUMBER}`) }, 'send failed');

    expect(written[0]).toMatch(/^\[WHATSAPP-0EA5E9\] ❌ send failed shard_id=shard-1\nError: no answer for \[phone\]\n {4}at /);
  });
});
