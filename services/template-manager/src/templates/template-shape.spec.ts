import { describe, expect, it } from '@jest/globals';
import { familyOf } from './template-name.js';
import { shapeOf } from './template-shape.js';

describe(shapeOf.name, () => {
  it('finds parameters, header and what each quick reply asks for, whatever language its label is in', () => {
    const components = [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'सुप्रभात {{name}}, {{headline}} तैयार है, {{name}}।' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'और चित्र' },
          { type: 'URL', text: 'Open' },
          { type: 'QUICK_REPLY', text: 'बंद करें' },
        ],
      },
    ];
    expect(shapeOf(components, 'NAMED')).toEqual({
      bodyParameterNames: ['name', 'headline'],
      namedParameters: true,
      hasImageHeader: true,
      quickReplyPayloads: ['daybreak.pack', 'daybreak.stop'],
    });
  });

  it('takes a template without header and buttons', () => {
    expect(shapeOf([{ type: 'body', text: 'Good morning {{1}}, here it is' }], undefined)).toEqual({
      bodyParameterNames: ['1'],
      namedParameters: false,
      hasImageHeader: false,
      quickReplyPayloads: [],
    });
  });
});

describe(familyOf.name, () => {
  it.each([
    ['daily_pack_v1', { family: 'daily_pack', version: 'v1' }],
    ['daily_pack_v12', { family: 'daily_pack', version: 'v12' }],
    ['hello_world', undefined],
    ['v1', undefined],
  ])('reads %s', (name, family) => {
    expect(familyOf(name)).toEqual(family);
  });
});
