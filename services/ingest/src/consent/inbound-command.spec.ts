import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '@daybreak/cloud-api';
import { commandOf } from './inbound-command.js';

const anInbound = (over: Partial<InboundEvent>): InboundEvent => ({
  kind: 'inbound',
  wabaId: '1',
  field: 'messages',
  entryAtMs: null,
  raw: {},
  phoneNumberId: '2',
  displayPhoneNumber: null,
  wamid: 'wamid.x',
  type: 'text',
  occurredAtMs: null,
  fromWaId: '917000000001',
  fromUserId: null,
  profileName: null,
  text: null,
  buttonPayload: null,
  contextWamid: null,
  replyDescription: null,
  flowResponse: null,
  reactionEmoji: null,
  changedWamid: null,
  media: null,
  errors: [],
  ...over,
});

describe(commandOf.name, () => {
  it.each([
    ['a typed command', { text: 'STOP' }, { kind: 'stop' }],
    ['a typed command in Marathi', { text: 'थांबवा' }, { kind: 'stop' }],
    ['a typed pause with an end', { text: 'pause for 7 days' }, { kind: 'pause', until: { days: 7 } }],
    ['a button with our payload', { type: 'button', buttonPayload: 'daybreak.stop', text: 'End this' }, { kind: 'stop' }],
    [
      'a button of ours that asks for the pack',
      { type: 'button', buttonPayload: 'pack.20261122-en', text: 'More images' },
      { kind: 'pack' },
    ],
    ['a button whose payload is its label', { type: 'button', buttonPayload: 'Stop', text: 'Stop' }, { kind: 'stop' }],
    [
      'a button with a foreign payload and a label that is a command',
      { type: 'button', buttonPayload: 'btn_7', text: 'Unsubscribe' },
      { kind: 'stop' },
    ],
    ['a list row', { type: 'interactive', buttonPayload: 'resume', text: 'Continue' }, { kind: 'resume' }],
    ['a button that pauses', { type: 'button', buttonPayload: 'daybreak.pause', text: 'Not now' }, { kind: 'pause', until: 'resumed' }],
  ])('finds the order in %s', (_, over, expected) => {
    expect(commandOf(anInbound(over as Partial<InboundEvent>))).toEqual(expected);
  });

  it.each([
    ['a sentence about stopping', { text: "please don't stop" }],
    ['a caption under an image', { type: 'image', text: 'stop' }],
    ['a payload that only begins like a command', { type: 'button', buttonPayload: 'stopwatch', text: 'Buy' }],
    ['nothing', {}],
  ])('finds none in %s', (_, over) => {
    expect(commandOf(anInbound(over))).toBeUndefined();
  });
});
