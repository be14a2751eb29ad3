import { describe, expect, it } from '@jest/globals';
import { GraphError } from './graph-error.js';
import { lintTemplate, type TemplateSubmission } from './template-lint.js';

const body = (text: string, example: unknown = undefined) => ({ type: 'BODY', text, ...(example === undefined ? {} : { example }) });
const image = { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::x'] } };
const buttons = (...types: string[]) => ({
  type: 'BUTTONS',
  buttons: types.map((type, i) => ({ type, text: `Label ${i}`, url: 'https://a.example/x' })),
});
const lint = (components: TemplateSubmission['components'], over: Partial<TemplateSubmission> = {}): number | undefined => {
  try {
    lintTemplate({ category: 'MARKETING', parameterFormat: 'POSITIONAL', components, ...over });
    return undefined;
  } catch (error) {
    if (error instanceof GraphError) return error.code;
    throw error;
  }
};

describe(lintTemplate.name, () => {
  it.each([
    ['a plain body', [body('Your pack is ready.')]],
    ['positional variables with examples', [body('Hello {{1}}, your pack of {{2}} is here today.', { body_text: [['Asha', 'Monday']] })]],
    [
      'an image header, a footer and quick replies',
      [image, body('Your pack is ready.'), { type: 'FOOTER', text: 'Reply STOP' }, buttons('QUICK_REPLY', 'QUICK_REPLY')],
    ],
  ])('takes %s', (_, components) => expect(lint(components)).toBeUndefined());

  it('takes named variables where they were declared', () => {
    const named = body('Good morning {{name}}, your pack is here.', { body_text_named_params: [{ param_name: 'name', example: 'Asha' }] });

    expect(lint([named], { parameterFormat: 'NAMED' })).toBeUndefined();
    expect(lint([named])).toBe(2_388_072);
  });

  it('takes an authentication template without a text: it is Meta’s own', () =>
    expect(lint([{ type: 'BODY' }], { category: 'AUTHENTICATION' })).toBeUndefined());

  it.each([
    ['no body', [image], 100],
    ['an unknown component', [body('Hi there.'), { type: 'SIDEBAR' }], 100],
    ['a long body', [body('a'.repeat(1_025))], 2_388_040],
    ['a variable at the start', [body('{{1}} your pack is here now', { body_text: [['x']] })], 2_388_299],
    ['a variable at the end', [body('Your pack is here now {{1}}', { body_text: [['x']] })], 2_388_299],
    ['variables that touch', [body('Your pack {{1}} {{2}} is here for you now', { body_text: [['x', 'y']] })], 2_388_299],
    ['too many variables for the words', [body('Hi {{1}} and {{2}} so {{3}} ok', { body_text: [['x', 'y', 'z']] })], 2_388_293],
    ['a gap in the numbers', [body('Hello {{1}}, your pack of {{3}} is here today.', { body_text: [['x', 'y']] })], 2_388_072],
    ['a missing example', [body('Hello {{1}}, your pack is here today.')], 100],
    ['an image header without a sample', [{ type: 'HEADER', format: 'IMAGE' }, body('Hi there.')], 100],
    ['a long header', [{ type: 'HEADER', format: 'TEXT', text: 'a'.repeat(61) }, body('Hi there.')], 2_388_040],
    ['two variables in a header', [{ type: 'HEADER', format: 'TEXT', text: '{{1}} and {{2}}' }, body('Hi there.')], 2_388_047],
    ['a variable in the footer', [body('Hi there.'), { type: 'FOOTER', text: 'for {{1}}' }], 2_388_073],
    ['a long label', [body('Hi there.'), { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'a'.repeat(26) }] }], 2_388_040],
    ['quick replies that do not stand together', [body('Hi there.'), buttons('QUICK_REPLY', 'URL', 'QUICK_REPLY')], 100],
    ['three URLs', [body('Hi there.'), buttons('URL', 'URL', 'URL')], 100],
    ['eleven buttons', [body('Hi there.'), buttons(...Array.from({ length: 11 }, () => 'QUICK_REPLY'))], 100],
  ])('refuses %s', (_, components, code) => expect(lint(components)).toBe(code));
});
