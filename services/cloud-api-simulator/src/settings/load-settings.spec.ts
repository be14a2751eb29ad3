import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { layOver, loadSettings, SettingsError } from './load-settings.js';

const scenarios = readdirSync(resolve(import.meta.dirname, '../../scenarios')).map((file) => file.replace('.yaml', ''));

const fileWith = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'settings.yaml');
  writeFileSync(file, text);
  return file;
};

describe(loadSettings.name, () => {
  it('has two numbers at 80/s, a spare, and the daily pack twice in three languages by default', () => {
    const settings = loadSettings({});

    expect(settings.numbers.map((n) => n.throughput)).toEqual([80, 80, 80]);
    expect(settings.templates.map((t) => `${t.name}/${t.language}`)).toEqual(
      ['v1', 'v2'].flatMap((v) => ['en', 'hi', 'mr'].map((l) => `daily_pack_${v}/${l}`)),
    );
  });

  it.each(scenarios)('understands the scenario %s, which says what it is about', (scenario) => {
    const settings = loadSettings({ SIM_SCENARIO: scenario });

    expect(settings.about).not.toBe(loadSettings({}).about);
    expect(settings.numbers).toHaveLength(3);
  });

  it('lets the environment have the last word', () => {
    const settings = loadSettings({
      SIM_SEED: 42,
      SIM_APP_SECRET: 'other-secret',
      SIM_ACCESS_TOKEN: 'other-token',
      SIM_WEBHOOK_URL: 'http://ingest/hook',
    });

    expect(settings).toMatchObject({
      seed: 42,
      apps: [{ secret: 'other-secret', callbackUrl: 'http://ingest/hook' }],
      tokens: [{ token: 'other-token' }],
    });
  });

  it('names the place and the reason of everything that is wrong', () => {
    const file = fileWith('apps: []\nwabas: [{ id: 12 }]\nsurprise: 1\n');

    expect(() => loadSettings({ SIM_CONFIG: file })).toThrow(SettingsError);
    expect(() => loadSettings({ SIM_CONFIG: file })).toThrow(/apps: .*\n.*tokens: [^]*wabas\.0\.id: [^]*surprise/);
  });

  it('refuses ids that name nothing and ids that name two things', () => {
    const broken = layOver(loadSettings({}), { events: [] }) as { numbers: { wabaId: string; id: string }[] };
    const [first, second] = broken.numbers;
    const file = fileWith(
      JSON.stringify({
        ...broken,
        numbers: [
          { ...first, wabaId: '99999' },
          { ...second, id: '102290129340398' },
        ],
      }),
    );

    expect(() => loadSettings({ SIM_CONFIG: file })).toThrow(/numbers\.0\.wabaId: no such WABA[^]*the id 102290129340398 is used twice/);
  });

  it('says which scenario does not exist', () => expect(() => loadSettings({ SIM_SCENARIO: 'doomsday' })).toThrow(/doomsday/));
});
