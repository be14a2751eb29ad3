import { describe, expect, it } from '@jest/globals';
import { AddressKeyer, WamidKeyer } from './keyed-hash.js';

const pepper = Buffer.alloc(32, 7);

describe('keyed hashes', () => {
  it('stay the same for ever: rows written years ago must still match', () => {
    expect(new AddressKeyer(pepper).keyOf('+919812345678')).toBe('9c4d064816ed00b6edea34f0fdfb3a083afedeec9d4611b14ba3c4b95e422dc4');
    expect(new WamidKeyer(pepper).keyOf('wamid.HBgMOTE5ODEyMzQ1Njc4FQIA')).toBe('13f5052e1eff8825f7946768ebe81dbd');
  });

  it('have the promised length', () => {
    expect(new AddressKeyer(pepper).keyOf('+919812345678')).toMatch(/^[0-9a-f]{64}$/);
    expect(new WamidKeyer(pepper).keyOf('wamid.x')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('depend on the pepper and on the purpose', () => {
    const other = Buffer.alloc(32, 8);

    expect(new AddressKeyer(other).keyOf('+919812345678')).not.toBe(new AddressKeyer(pepper).keyOf('+919812345678'));
    expect(new WamidKeyer(pepper).keyOf('same')).not.toBe(new AddressKeyer(pepper).keyOf('same').slice(0, 32));
  });
});
