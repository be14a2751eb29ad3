import { describe, expect, it } from '@jest/globals';
import { lintTemplate, type TemplateDraft } from './lint.js';
import type { TemplateButton } from './lint-buttons.js';

/** The template of the daily pack: nothing is wrong with it. Say only what the test is about. */
const draft = (over: Partial<TemplateDraft> = {}): TemplateDraft => ({
  name: 'daily_pack_v1',
  language: 'en',
  category: 'UTILITY',
  header: { format: 'IMAGE', exampleHandle: '4::aW' },
  body: { text: 'Good morning {{name}}, the pack of {{date}} that you subscribed to is ready.', examples: ['Asha', '22 November'] },
  footer: 'Reply STOP to end this service',
  buttons: [
    { type: 'QUICK_REPLY', text: 'More images' },
    { type: 'QUICK_REPLY', text: 'Stop messages' },
  ],
  ...over,
});
const body = (text: string, examples: string[] = []): Partial<TemplateDraft> => ({ body: { text, examples } });
const buttons = (...some: TemplateButton[]): Partial<TemplateDraft> => ({ buttons: some });
const quickReplies = (count: number): TemplateButton[] =>
  Array.from({ length: count }, (_, i) => ({ type: 'QUICK_REPLY', text: `Choice ${i}` }));
const url = (address: string, example?: string): TemplateButton => ({ type: 'URL', text: 'Open', url: address, example });

describe(lintTemplate.name, () => {
  it.each([
    ['the daily pack', {}],
    ['Hindi', { language: 'hi', ...body('नमस्ते {{name}}, आपका आज का पैक तैयार है।', ['आशा']) }],
    ['a language with a region', { language: 'en_US' }],
    ['numbered variables', body('Good morning {{1}}, your pack of {{2}} is ready.', ['Asha', '22 November'])],
    ['one variable used twice', body('Good morning {{name}}, this is for you, {{name}}, as every day.', ['Asha'])],
    ['no header, footer or buttons', { header: undefined, footer: undefined, buttons: undefined }],
    ['a text header', { header: { format: 'TEXT', text: 'Pack of {{date}}', examples: ['22 November'] } }],
    ['a location header', { header: { format: 'LOCATION' } }],
    ['a body of 1024 characters', body('x'.repeat(1_024))],
    ['ten quick replies', buttons(...quickReplies(10))],
    [
      'every kind of button',
      buttons(
        ...quickReplies(2),
        url('https://example.org/p/{{1}}', 'https://example.org/p/7'),
        { type: 'PHONE_NUMBER', text: 'Call', phoneNumber: '+912212345678' },
        { type: 'COPY_CODE', example: 'PACK25' },
      ),
    ],
  ] as [string, Partial<TemplateDraft>][])('has nothing against %s', (_, over) => {
    expect(lintTemplate(draft(over))).toEqual([]);
  });

  it.each([
    ['a capital in the name', { name: 'Daily_pack' }, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name of 513 characters', { name: 'x'.repeat(513) }, 'name'],
    ['a language that is a word', { language: 'English' }, 'language'],
    ['a language spelt as in webhooks', { language: 'en-US' }, 'language'],
    ['an image header without a sample', { header: { format: 'IMAGE' } }, 'header.exampleHandle'],
    ['a header of 61 characters', { header: { format: 'TEXT', text: 'x'.repeat(61) } }, 'header.text'],
    [
      'two variables in the header',
      { header: { format: 'TEXT', text: '{{city}} on {{date}}', examples: ['Pune', 'Monday'] } },
      'header.text',
    ],
    ['an empty body', body('  '), 'body.text'],
    ['a body of 1025 characters', body('x'.repeat(1_025)), 'body.text'],
    ['a variable without an example', body('Good morning {{name}}, your pack is ready.'), 'body.examples'],
    ['an example without a variable', body('Good morning, your pack is ready.', ['Asha']), 'body.examples'],
    ['a leading variable', body('{{name}}, your pack of today is ready.', ['Asha']), 'body.text'],
    ['a trailing variable', body('Your pack of today is ready, {{name}}.', ['Asha']), 'body.text'],
    ['variables that touch', body('Good morning to you {{first}} {{last}}, your pack of today is ready.', ['Asha', 'Rao']), 'body.text'],
    ['a body that is only a variable', body('{{1}}', ['everything']), 'body.text'],
    ['too many variables for the words', body('Hi {{a}} and {{b}} or {{c}} bye', ['1', '2', '3']), 'body.text'],
    ['numbered and named variables together', body('Good morning {{1}}, your pack of {{date}} is ready.', ['Asha', 'today']), 'body.text'],
    ['numbers with a gap', body('Good morning {{1}}, your pack of {{3}} is ready.', ['Asha', 'today']), 'body.text'],
    ['a variable that is neither', body('Good morning {{First Name}}, your pack is ready.', ['Asha']), 'body.text'],
    ['a footer of 61 characters', { footer: 'x'.repeat(61) }, 'footer'],
    ['a variable in the footer', { footer: 'For {{name}}' }, 'footer'],
    ['eleven buttons', buttons(...quickReplies(11)), 'buttons'],
    ['three links', buttons(url('https://a.example'), url('https://b.example'), url('https://c.example')), 'buttons'],
    ['quick replies around a link', buttons(...quickReplies(1), url('https://a.example'), ...quickReplies(1)), 'buttons'],
    ['a label of 26 characters', buttons({ type: 'QUICK_REPLY', text: 'x'.repeat(26) }), 'buttons[0].text'],
    ['a link with a variable inside', buttons(url('https://a.example/{{1}}/p', 'x')), 'buttons[0].url'],
    ['a link with a variable and no example', buttons(url('https://a.example/{{1}}')), 'buttons[0].example'],
    ['a link that is none', buttons(url('example')), 'buttons[0].url'],
    ['a number that is not E.164', buttons({ type: 'PHONE_NUMBER', text: 'Call', phoneNumber: '022 1234' }), 'buttons[0].phoneNumber'],
    ['a code that is too long', buttons({ type: 'COPY_CODE', example: 'x'.repeat(16) }), 'buttons[0].example'],
  ] as [string, Partial<TemplateDraft>, string][])('objects to %s', (_, over, field) => {
    expect(lintTemplate(draft(over)).map((v) => v.field)).toContain(field);
  });
});
