import type { IncomingHttpHeaders } from 'node:http';

/** Of a subject: `CN=client.webhooks.fbclientcerts.com,O=…`, `/O=…/CN=…`, or inside Envoy's `Subject="…"`. */
const COMMON_NAME = /(?:^|[,/";\s])CN\s*=\s*([^,/";]+)/gi;

/**
 * Whether the ingress has seen the client certificate it has to: ingress-nginx passes the subject in `ssl-client-subject-dn` and its verdict
 * in `ssl-client-verify`; Envoy both in `x-forwarded-client-cert`. Only an ingress that overwrites these headers may stand before us.
 * @param commonName whose certificate; empty: none is asked for
 */
export function hasClientCertificate(headers: IncomingHttpHeaders, commonName: string): boolean {
  if (commonName === '') return true;
  const verdict = headers['ssl-client-verify'];
  if (verdict !== undefined && verdict !== 'SUCCESS') return false;
  const subject = headers['ssl-client-subject-dn'] ?? headers['x-forwarded-client-cert'];
  if (typeof subject !== 'string') return false;
  const names = [...subject.matchAll(COMMON_NAME)].map((match) => match[1]?.trim());
  return names.length === 1 && names[0] === commonName; // two certificates, or two names in one: nobody can say whose it is
}
