import { describe, expect, it } from '@jest/globals';
import { incomingWamid, outgoingWamid } from './wamid.js';

const decoded = (wamid: string): Buffer => Buffer.from(wamid.replace('wamid.', ''), 'base64');

describe(outgoingWamid.name, () => {
  it('has the anatomy of one of Meta’s', () => {
    const meta = decoded('wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJFNjk2OTMwNEZCQjhGMzUyQUYA');
    const ours = decoded(outgoingWamid('+16503879439', 'seed'));

    const anatomy = (record: Buffer): string => record.toString('latin1').replace(/[0-9A-F]{18}\0$/, '<id>\0');
    expect(anatomy(ours)).toBe(anatomy(meta));
  });

  it('carries the number in clear', () =>
    expect(decoded(outgoingWamid('+919812345678', 'x')).toString('latin1')).toContain('919812345678'));

  it('differs by seed and is the same for the same one', () => {
    expect(outgoingWamid('+919812345678', 'a')).not.toBe(outgoingWamid('+919812345678', 'b'));
    expect(outgoingWamid('+919812345678', 'a')).toBe(outgoingWamid('+919812345678', 'a'));
  });
});

describe(incomingWamid.name, () => {
  it('has the anatomy of one of Meta’s', () => {
    const meta = decoded('wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=');
    const ours = decoded(incomingWamid('+16503879439', 'seed'));

    const anatomy = (record: Buffer): string => record.toString('latin1').replace(/[0-9A-F]{20}\0$/, '<id>\0');
    expect(anatomy(ours)).toBe(anatomy(meta));
  });
});
