import { describe, expect, it } from '@jest/globals';
import { hasClientCertificate } from './client-certificate.js';

const META = 'client.webhooks.fbclientcerts.com';
const SUBJECT = `CN=${META},O=Meta Platforms\\, Inc.,C=US`;

describe(hasClientCertificate.name, () => {
  it('asks for none where none is configured', () => {
    expect(hasClientCertificate({}, '')).toBe(true);
  });

  it.each([
    ['ingress-nginx', { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': SUBJECT }],
    ['the older spelling of a subject', { 'ssl-client-subject-dn': `/C=US/O=Meta/CN=${META}` }],
    ['Envoy', { 'x-forwarded-client-cert': `Hash=0a;Subject="${SUBJECT}";URI=` }],
  ])('knows Meta behind %s', (_, headers) => {
    expect(hasClientCertificate(headers, META)).toBe(true);
  });

  it.each([
    ['no certificate', {}],
    [
      'a certificate that was not verified',
      { 'ssl-client-verify': 'FAILED:unable to get issuer certificate', 'ssl-client-subject-dn': SUBJECT },
    ],
    ['no certificate, said in words', { 'ssl-client-verify': 'NONE' }],
    ['another name', { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': 'CN=client.example.org' }],
    ['a name that only begins so', { 'ssl-client-subject-dn': `CN=${META}.example.org` }],
    ['a name that only ends so', { 'ssl-client-subject-dn': `CN=x.${META}` }],
    ['the name in another field', { 'ssl-client-subject-dn': `CN=example.org,OU=${META}` }],
    ['a second name', { 'ssl-client-subject-dn': `CN=${META},CN=example.org` }],
    ['a second certificate', { 'x-forwarded-client-cert': `Subject="CN=example.org",Subject="CN=${META}"` }],
    ['an empty subject', { 'ssl-client-subject-dn': '' }],
  ])('refuses %s', (_, headers) => {
    expect(hasClientCertificate(headers, META)).toBe(false);
  });
});
