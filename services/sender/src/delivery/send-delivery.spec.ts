import { describe, expect, it, jest } from '@jest/globals';
import type { CloudApiClient } from '@daybreak/cloud-api';
import { drop, manualClock } from '@daybreak/kernel';
import type { AddressSealer, WamidKeyer } from '@daybreak/privacy';
import type { MediaIds } from '../media/media-ids.js';
import type { TemplateFilling } from './claim.js';
import { SendDelivery, type Posting } from './send-delivery.js';

const DELIVERY_ID = '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70';
const TEMPLATE: TemplateFilling = {
  name: 'daily_pack_v1',
  language: 'en',
  bodyParameterNames: ['name'],
  namedParameters: true,
  hasImageHeader: false,
  quickReplyPayloads: [],
};

function setup() {
  const sendMessage = jest.fn<CloudApiClient['sendMessage']>().mockResolvedValue({ kind: 'not-sent', reason: 'withdrawn' });
  const open = jest.fn<AddressSealer['open']>().mockReturnValue('+919812345678');
  const warn = jest.fn();
  const sut = new SendDelivery(
    { sendMessage } as unknown as CloudApiClient,
    { open } as unknown as AddressSealer,
    {} as WamidKeyer,
    { get: () => undefined } as unknown as MediaIds,
    manualClock(0),
    { LATE_POLICY: 'none', MAX_ATTEMPTS: 3, RESOLVE_AFTER_SECONDS: 45 },
  );
  Object.assign(sut, { logger: { warn } });
  return { sut, sendMessage, open, warn };
}

const posting = (over: Partial<Posting> = {}): Posting =>
  ({
    claim: {
      deliveryId: DELIVERY_ID,
      runId: 'main-20261122-0600',
      recipientId: 'adv-1',
      shardId: 'shard-1',
      attempt: 2,
      spared: 0,
      epoch: 1,
      bodyParameters: {},
    },
    content: { headerMedia: null },
    template: TEMPLATE,
    shard: { phoneNumberId: '106' },
    window: {},
    mayStart: () => true,
    ...over,
  }) as unknown as Posting;

describe(SendDelivery.name, () => {
  it.each<[string, (world: ReturnType<typeof setup>) => Posting, RegExp]>([
    [
      'its address does not open',
      ({ open }) => {
        open.mockImplementation(() => {
          throw drop('sealed for somebody else');
        });
        return posting();
      },
      /sealed for somebody else/,
    ],
    ['its address is none', ({ open }) => (open.mockReturnValue('98765-no'), posting()), /^to: not an E\.164/],
    [
      'an older release wrote its content without a list',
      () => posting({ template: { ...TEMPLATE, bodyParameterNames: undefined } as unknown as TemplateFilling }),
      /undefined/,
    ],
  ])('fails a delivery for ever, with the reason in the log and nothing posted, when %s', async (_, make, reason) => {
    const world = setup();

    const { result, outcome } = await world.sut.post(make(world));

    expect(result.settlement).toEqual({ kind: 'failed', reason: 'request', errorCode: 0 });
    expect(outcome).toBeUndefined();
    expect(world.sendMessage).not.toHaveBeenCalled();
    expect(world.warn).toHaveBeenCalledWith(
      expect.objectContaining({ deliveryId: DELIVERY_ID, reason: expect.stringMatching(reason) }),
      expect.any(String),
    );
    expect(JSON.stringify(world.warn.mock.calls)).not.toContain('98765');
  });
});
