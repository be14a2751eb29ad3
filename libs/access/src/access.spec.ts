import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigModule, accessConfig, commonConfig, loadConfig } from '@daybreak/config';
import { drop, invalid } from '@daybreak/kernel';
import { ObservabilityModule } from '@daybreak/observability';
import { Controller, Get, Module, NotFoundException, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { z } from 'zod';
import { AccessModule } from './access.module.js';
import { Caller, Open, Roles } from './decorators.js';
import { newLocalToken } from './local-tokens.js';
import { actorOf, type Identity } from './roles.js';

@Controller('valves')
@Roles('viewer')
class ValveController {
  @Get()
  whoLooks(@Caller() caller: Identity): object {
    return { actor: actorOf(caller), via: caller.via };
  }

  @Post('close')
  @Roles('operator', 'approver')
  close(@Caller() caller: Identity): object {
    return { by: caller.subject };
  }

  @Get('open')
  @Open()
  open(): string {
    return 'for everybody';
  }

  @Get('missing')
  missing(): void {
    throw new NotFoundException('there is no such valve');
  }

  @Get('invalid')
  invalid(): void {
    throw invalid({ field: 'rate', reason: 'must be above 0' });
  }

  @Get('impossible')
  impossible(): void {
    throw drop('the valve of +919812345678 is welded shut');
  }

  @Get('broken')
  broken(): void {
    throw new Error('a secret of the inside');
  }
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  noRoleNamed(): string {
    return 'must never be seen';
  }
}

@Module({
  imports: [ObservabilityModule.for({ service: 'specimen' }), AccessModule],
  controllers: [ValveController, ForgottenController],
})
class SpecimenModule {}

const operators = newLocalToken('night-shift', ['operator']);
const readers = newLocalToken('wall-screen', ['viewer']);
const AUDIENCE = 'daybreak';

async function start(env: NodeJS.ProcessEnv): Promise<NestFastifyApplication> {
  const config = loadConfig(z.object({ ...commonConfig, ...accessConfig }), { LOG_LEVEL: 'fatal', ...env });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: class Host {}, imports: [ConfigModule.for(config), SpecimenModule] },
    new FastifyAdapter(),
    { logger: false },
  );
  await app.init();
  return app;
}

const call = async (app: NestFastifyApplication, method: 'GET' | 'POST', url: string, token?: string) => {
  const answer = await app.inject({ method, url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, json: () => JSON.parse(answer.body) as unknown };
};

/** An identity provider: a discovery document and its keys, over real HTTP. */
class Provider {
  private server!: Server;
  private key!: CryptoKey;
  issuer = '';
  away = false;
  asked = 0;

  async start(): Promise<this> {
    const pair = await generateKeyPair('RS256');
    this.key = pair.privateKey;
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }];
    this.server = createServer((request, response) => {
      this.asked += 1;
      if (this.away) return void response.writeHead(500).end();
      const discovery = { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url === '/keys' ? { keys } : discovery));
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** A good token; say what is wrong with it. */
  token(claims: Readonly<Record<string, unknown>> = {}, key: CryptoKey = this.key): Promise<string> {
    return new SignJWT({ iss: this.issuer, aud: AUDIENCE, sub: 'asha', roles: ['operator'], exp: seconds(300), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(key);
  }
}

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow;

describe('a service with local tokens', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await start({ ACCESS_TOKENS: `${operators.entry}, ${readers.entry}` });
  });
  afterAll(() => app.close());

  it('knows who calls', async () => {
    expect((await call(app, 'GET', '/valves', operators.token)).json()).toEqual({ actor: 'user:night-shift', via: 'token' });
  });

  it('configures hashes only', () => {
    expect(operators.entry).not.toContain(operators.token.slice(4));
    expect(operators.entry).toContain(createHash('sha256').update(operators.token).digest('hex'));
  });

  it('says which role is missing', async () => {
    const answer = await call(app, 'POST', '/valves/close', readers.token);

    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'this needs the role operator or approver',
      requiredRoles: ['operator', 'approver'],
    });
  });

  it.each([
    ['no token', undefined, /header with a bearer token is missing/],
    ['a token nobody was given', newLocalToken('night-shift', ['operator']).token, /not known here/],
    ['the hash of a token', operators.entry.split(':')[2], /not accepted here/],
    ['a JWT', 'eyJhbGciOiJub25lIn0.e30.', /not accepted here/],
  ])('refuses %s, and says what is wrong', async (_, token, detail) => {
    const answer = await call(app, 'GET', '/valves', token);

    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="daybreak"' } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status: 401, detail: expect.stringMatching(detail) });
  });

  it('refuses a header that is no bearer token', async () => {
    const answer = await app.inject({ method: 'GET', url: '/valves', headers: { authorization: 'Basic YTpi' } });

    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([401, expect.stringContaining('not of the form')]);
  });

  it.each(['/healthz', '/readyz', '/metrics', '/valves/open'])('leaves %s open', async (url) => {
    expect((await call(app, 'GET', url)).status).toBe(200);
  });

  it('lets nobody in where a route names no role', async () => {
    const answer = await call(app, 'GET', '/forgotten', operators.token);

    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('must never be seen');
  });

  it.each([
    ['missing', 404, { detail: 'there is no such valve' }],
    ['invalid', 400, { errors: [{ field: 'rate', reason: 'must be above 0' }] }],
    ['impossible', 422, { detail: 'the valve of [phone] is welded shut' }],
    ['broken', 500, { detail: 'something is wrong here; the log says what' }],
  ])('answers what is %s as a problem', async (path, status, body) => {
    const answer = await call(app, 'GET', `/valves/${path}`, readers.token);

    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, ...body });
  });
});

describe('a service with an identity provider', () => {
  let app: NestFastifyApplication;
  let provider: Provider;
  beforeAll(async () => {
    provider = await new Provider().start();
    app = await start({ ACCESS_OIDC_ISSUER: provider.issuer, ACCESS_OIDC_AUDIENCE: AUDIENCE, ACCESS_TOKENS: readers.entry });
  });
  afterAll(async () => {
    await app.close();
    await provider.stop();
  });

  it('accepts its tokens, by the keys it publishes, and asks for them once', async () => {
    const first = await call(app, 'POST', '/valves/close', await provider.token());
    const asked = provider.asked;
    const second = await call(app, 'POST', '/valves/close', await provider.token({ sub: 'ravi' }));

    expect([first.json(), second.json()]).toEqual([{ by: 'asha' }, { by: 'ravi' }]);
    expect(provider.asked).toBe(asked);
  });

  it('accepts local tokens beside it', async () => {
    expect((await call(app, 'GET', '/valves', readers.token)).status).toBe(200);
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['has expired', () => provider.token({ exp: seconds(-60) }), /has expired/],
    ['never expires', () => provider.token({ exp: undefined }), /claim "exp"/],
    ['is not valid yet', () => provider.token({ nbf: seconds(120) }), /claim "nbf"/],
    ['is for somebody else', () => provider.token({ aud: 'payroll' }), /claim "aud"/],
    ['is of another issuer', () => provider.token({ iss: 'https://elsewhere.example' }), /claim "iss"/],
    ['names nobody', () => provider.token({ sub: undefined }), /claim "sub"/],
    [
      'is not signed',
      () => new UnsecuredJWT({ sub: 'asha', roles: ['operator'] }).setIssuer(provider.issuer).encode(),
      /not a JWT|algorithm/,
    ],
    ['is signed with a password', () => withPassword(), /algorithm/],
    ['is signed by another key', async () => provider.token({}, (await generateKeyPair('RS256')).privateKey), /not signed by/],
    ['is not a JWT', () => 'a.b.c', /not a JWT/],
  ])('refuses a token that %s', async (_, token, detail) => {
    const answer = await call(app, 'POST', '/valves/close', await token());

    expect(answer.json()).toMatchObject({ status: 401, detail: expect.stringMatching(detail) });
  });

  it.each([
    ['has no role', undefined],
    ['has a role we do not know', ['admin']],
    ['may only look', ['viewer']],
    ['may only erase', 'dpo'],
  ])('refuses an operator’s work to somebody who %s', async (_, roles) => {
    expect((await call(app, 'POST', '/valves/close', await provider.token({ roles }))).status).toBe(403);
  });

  const withPassword = (): Promise<string> =>
    new SignJWT({ iss: provider.issuer, aud: AUDIENCE, sub: 'asha', roles: ['operator'], exp: seconds(300) })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode('the public key, used as a password'));
});

describe('where the roles and the name are', () => {
  it.each([
    ['at a path', 'realm_access.roles', { realm_access: { roles: ['operator'] } }],
    ['in a claim that is a URL', 'https://daybreak.example/roles', { 'https://daybreak.example/roles': ['operator'] }],
    ['in one string', 'scope', { scope: 'openid operator' }],
  ])('reads roles %s', async (_, claim, claims) => {
    const provider = await new Provider().start();
    const app = await start({
      ACCESS_OIDC_ISSUER: provider.issuer,
      ACCESS_OIDC_AUDIENCE: AUDIENCE,
      ACCESS_OIDC_JWKS_URL: `${provider.issuer}/keys`,
      ACCESS_OIDC_ROLES_CLAIM: claim,
      ACCESS_OIDC_SUBJECT_CLAIM: 'preferred_username',
    });

    const answer = await call(
      app,
      'POST',
      '/valves/close',
      await provider.token({ roles: undefined, ...claims, preferred_username: 'asha.k' }),
    );

    expect(answer.json()).toEqual({ by: 'asha.k' });
    await app.close();
    await provider.stop();
  });
});

describe('what fails, fails closed', () => {
  it('lets nobody in where nothing is configured', async () => {
    const app = await start({});

    expect((await call(app, 'GET', '/valves', operators.token)).json()).toMatchObject({
      status: 401,
      detail: expect.stringContaining('neither ACCESS_OIDC_ISSUER nor ACCESS_TOKENS is configured'),
    });
    expect((await call(app, 'GET', '/healthz')).status).toBe(200);
    await app.close();
  });

  it('answers 503 while the provider is away, and goes on when it is back', async () => {
    const provider = await new Provider().start();
    const app = await start({ ACCESS_OIDC_ISSUER: provider.issuer, ACCESS_OIDC_AUDIENCE: AUDIENCE });
    const token = await provider.token();

    provider.away = true;
    const away = await call(app, 'GET', '/valves', token);
    provider.away = false;
    const back = await call(app, 'GET', '/valves', token);

    expect([away.status, back.status]).toEqual([503, 200]);
    await app.close();
    await provider.stop();
  });
});
