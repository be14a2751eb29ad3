import { stableHash } from '@daybreak/kernel';

/** What a person is called by one portfolio since March 2026: country, dot, digits. The same person is another one to the next portfolio. */
export const businessScopedUserId = (portfolioId: string, phoneNumber: string): string =>
  `${phoneNumber.startsWith('+91') ? 'IN' : 'US'}.${stableHash(`${portfolioId}/${phoneNumber}`).toString().padStart(20, '1')}`;
