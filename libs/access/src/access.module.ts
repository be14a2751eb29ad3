import { CONFIG, type AccessConfig } from '@daybreak/config';
import { Global, Logger, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Authenticator, type Scheme } from './authenticator.js';
import { LocalTokens } from './local-tokens.js';
import { Oidc } from './oidc.js';

/** What the service's `accessConfig` allows. Nothing configured: nobody. */
export function authenticatorFrom(config: AccessConfig): Authenticator {
  const schemes: Scheme[] = [];
  if (config.ACCESS_TOKENS.length > 0) schemes.push(new LocalTokens(config.ACCESS_TOKENS));
  if (config.ACCESS_OIDC_ISSUER !== undefined && config.ACCESS_OIDC_AUDIENCE !== undefined)
    schemes.push(
      new Oidc({
        issuer: config.ACCESS_OIDC_ISSUER,
        audience: config.ACCESS_OIDC_AUDIENCE,
        jwksUrl: config.ACCESS_OIDC_JWKS_URL,
        rolesClaim: config.ACCESS_OIDC_ROLES_CLAIM,
        subjectClaim: config.ACCESS_OIDC_SUBJECT_CLAIM,
      }),
    );
  if (schemes.length === 0)
    new Logger('AccessModule').warn('neither ACCESS_OIDC_ISSUER nor ACCESS_TOKENS is configured: the API refuses everybody');
  return new Authenticator(schemes);
}

/** Closes every HTTP route of the service but those that `@Open()`, and /healthz, /readyz and /metrics; `@Roles(…)` says who may pass. */
@Global()
@Module({
  providers: [
    { provide: Authenticator, inject: [CONFIG], useFactory: authenticatorFrom },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authenticator],
})
export class AccessModule {}
