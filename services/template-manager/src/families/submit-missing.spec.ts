import { describe, expect, it, jest } from '@jest/globals';
import type { CloudApiClient } from '@daybreak/cloud-api';
import { createLogger } from '@daybreak/observability';
import { loadFamilies, SHIPPED_FAMILIES } from './load-families.js';
import { SubmitMissing } from './submit-missing.js';

const setup = () => {
  const createTemplate = jest.fn<CloudApiClient['createTemplate']>().mockResolvedValue({ id: '1', status: 'PENDING' });
  const uploadHeaderSample = jest.fn<CloudApiClient['uploadHeaderSample']>().mockResolvedValue('4::handle');
  const { prepared } = loadFamilies(SHIPPED_FAMILIES);
  const sut = new SubmitMissing({ createTemplate, uploadHeaderSample }, prepared, createLogger('test', { level: 'silent' }));
  return { sut, createTemplate, uploadHeaderSample };
};

const ALL = ['v1', 'v2'].flatMap((version) => ['en', 'hi', 'mr'].map((language) => `daily_pack_${version}/${language}`));

describe(SubmitMissing.name, () => {
  it('submits what is not there, with an uploaded sample, and nothing else', async () => {
    const { sut, createTemplate, uploadHeaderSample } = setup();

    expect(await sut.on('waba-1', new Set(ALL.slice(1)))).toBe(1);

    expect(createTemplate.mock.calls.map(([wabaId, draft]) => [wabaId, draft.name, draft.language])).toEqual([
      ['waba-1', 'daily_pack_v1', 'en'],
    ]);
    expect(createTemplate.mock.calls[0]?.[1]).toMatchObject({
      category: 'UTILITY',
      parameter_format: 'NAMED',
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::handle'] } },
        {
          type: 'BODY',
          example: {
            body_text_named_params: [
              { param_name: 'name', example: 'Asha' },
              { param_name: 'headline', example: 'Markets at a glance' },
            ],
          },
        },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'More images' },
            { type: 'QUICK_REPLY', text: 'Stop' },
          ],
        },
      ],
    });
    expect(uploadHeaderSample).toHaveBeenCalledWith(expect.objectContaining({ mediaType: 'image/png', filename: 'daily-pack-sample.png' }));
  });

  it('leaves a WABA alone that has everything', async () => {
    const { sut, createTemplate } = setup();

    expect(await sut.on('waba-1', new Set(ALL))).toBe(0);
    expect(createTemplate).not.toHaveBeenCalled();
  });

  it('does not offer again what was refused a moment ago, and goes on with the others', async () => {
    const { sut, createTemplate } = setup();
    createTemplate.mockRejectedValueOnce(new Error('refused'));

    expect(await sut.on('waba-1', new Set())).toBe(5);
    expect(await sut.on('waba-1', new Set())).toBe(0);
    expect(createTemplate).toHaveBeenCalledTimes(6);
  });

  it('submits to every WABA by itself', async () => {
    const { sut, createTemplate } = setup();
    await sut.on('waba-1', new Set());
    await sut.on('waba-2', new Set());

    expect(createTemplate).toHaveBeenCalledTimes(12);
  });
});
