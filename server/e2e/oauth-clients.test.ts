/**
 * OAuth with other people's clients, as strict as they are: every grant, DPoP, pushed requests,
 * introspection, revocation and client authentication, against the real program.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { ADA, forgerock } from './vendors.ts';
import { openWire, type Wire } from './wire.ts';

const REDIRECT = 'http://127.0.0.1:9999/callback';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SESSION = 'urn:lamplighter:token-type:session';
const SECRET = 'a-secret-of-more-than-32-characters';
const AUTH_SCHEMES = /^(?:bearer|dpop)$/i;

const INSECURE = { [oauth.allowInsecureRequests]: true } as const;

const BASE = {
  realm: 'alpha',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'edit'],
  implied_consent: true,
};

/** Clients for every way of authentication and each format. */
async function clientsWith(publicKey: oauth.CryptoKey): Promise<object[]> {
  const jwks = { keys: [await crypto.subtle.exportKey('jwk', publicKey)] };
  return [
    {
      ...BASE,
      client_id: 'basic',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      ...BASE,
      client_id: 'post',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_post',
      access_token_format: 'opaque',
    },
    {
      ...BASE,
      client_id: 'macs',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_jwt',
    },
    { ...BASE, client_id: 'signs', jwks, require_pushed_authorization_requests: true },
    {
      ...BASE,
      client_id: 'page',
      public: true,
      grant_types: ['authorization_code', 'refresh_token'],
    },
    { ...BASE, client_id: 'old', client_secret: SECRET, insecure_password_grant: true },
    {
      ...BASE,
      client_id: 'api',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_post',
      token_exchange: { audiences: ['back'], scopes: ['read'] },
    },
  ];
}

describe('OAuth clients', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-oauth-'));
  let program: Program;
  let wire: Wire;
  let issuer: URL;
  let as: oauth.AuthorizationServer;
  let keys: oauth.CryptoKeyPair;
  let session: string;

  before(async () => {
    keys = await oauth.generateKeyPair('ES256', { extractable: true });
    const config = demo();
    config.dialects.oauth = {
      dpop: { nonce: 'on' },
      clients: await clientsWith(keys.publicKey),
    };
    const file = join(data, 'config.yaml');
    writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
    program = await startProgram({ data: join(data, 'data'), config: file });
    wire = openWire(program.base);
    issuer = new URL(`${program.base}/am/oauth2/realms/root/realms/alpha`);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
    as = await oauth.processDiscoveryResponse(issuer, found);
    const signedIn = await forgerock.open(wire);
    session = signedIn.tokenId ?? assert.fail('no session');
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** The browser of somebody who is signed in. */
  async function visit(url: URL): Promise<URL> {
    const headers = { iPlanetDirectoryPro: session };
    const answer = await fetch(url, { redirect: 'manual', headers });
    assert.equal(answer.status, 302, await answer.text());
    return new URL(answer.headers.get('location') ?? '');
  }

  /** Whoever asks for a nonce gets the same call again. */
  async function twice<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return call();
    }
  }

  interface Granted {
    readonly client: oauth.Client;
    readonly auth: oauth.ClientAuth;
    readonly answer: oauth.TokenEndpointResponse;
    readonly DPoP: oauth.DPoPHandle | undefined;
  }

  /** Code, PKCE, state and nonce; pushed when the client must, bound when it has a key. */
  async function codeFlow(
    client_id: string,
    auth: oauth.ClientAuth,
    options: { readonly isPushed?: boolean; readonly isBound?: boolean } = {},
  ): Promise<Granted> {
    const client: oauth.Client = { client_id };
    const DPoP = options.isBound
      ? oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
      : undefined;
    const extra = { ...INSECURE, ...(DPoP && { DPoP }) };
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const parameters = new URLSearchParams({
      client_id,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid profile email read edit',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    let query = parameters;
    if (options.isPushed) {
      const { request_uri } = await twice(async () => {
        const sent = oauth.pushedAuthorizationRequest(as, client, auth, parameters, extra);
        return oauth.processPushedAuthorizationResponse(as, client, await sent);
      });
      query = new URLSearchParams({ client_id, request_uri });
    }
    const url = new URL(`${as.authorization_endpoint}?${query}`);
    const callback = oauth.validateAuthResponse(as, client, await visit(url), state);
    const answer = await twice(async () => {
      const sent = await oauth.authorizationCodeGrantRequest(
        ...([as, client, auth, callback, REDIRECT, verifier, extra] as const),
      );
      return oauth.processAuthorizationCodeResponse(as, client, sent, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
    });
    return { client, auth, answer, DPoP };
  }

  async function refresh({ client, auth, answer, DPoP }: Granted) {
    const token = answer.refresh_token ?? assert.fail('no refresh token');
    const extra = { ...INSECURE, ...(DPoP && { DPoP }) };
    return twice(async () => {
      const sent = await oauth.refreshTokenGrantRequest(as, client, auth, token, extra);
      return oauth.processRefreshTokenResponse(as, client, sent);
    });
  }

  async function introspect(client_id: string, auth: oauth.ClientAuth, token: string) {
    const client = { client_id };
    const sent = await oauth.introspectionRequest(as, client, auth, token, INSECURE);
    return oauth.processIntrospectionResponse(as, client, sent);
  }

  async function revoke({ client, auth }: Granted, token: string) {
    const sent = await oauth.revocationRequest(as, client, auth, token, INSECURE);
    await oauth.processRevocationResponse(sent);
  }

  async function userinfo({ client, answer, DPoP }: Granted, token: string) {
    const { sub } = oauth.getValidatedIdTokenClaims(answer) ?? assert.fail('no ID token');
    const extra = { ...INSECURE, ...(DPoP && { DPoP }) };
    return twice(async () => {
      const sent = await oauth.userInfoRequest(as, client, token, extra);
      return oauth.processUserInfoResponse(as, client, sub, sent);
    });
  }

  const WAYS: readonly (readonly [string, () => oauth.ClientAuth])[] = [
    ['basic', () => oauth.ClientSecretBasic(SECRET)],
    ['post', () => oauth.ClientSecretPost(SECRET)],
    ['macs', () => oauth.ClientSecretJwt(SECRET)],
    ['signs', () => oauth.PrivateKeyJwt(keys.privateKey)],
    ['page', () => oauth.None()],
  ];

  for (const [name, authOf] of WAYS) {
    for (const isBound of [false, true]) {
      it(`${name}${isBound ? ', with DPoP' : ''}: from the code to the end of the grant`, async () => {
        const auth = authOf();
        const isPushed = name === 'signs' || isBound;
        const granted = await codeFlow(name, auth, { isPushed, isBound });
        assert.match(granted.answer.token_type, AUTH_SCHEMES);
        assert.equal(granted.answer.token_type, isBound ? 'dpop' : 'bearer');
        const first = granted.answer.access_token;
        assert.equal((await userinfo(granted, first)).email, ADA.email);
        const seen = await introspect(name, auth, first);
        assert.equal(seen.active, true);
        assert.equal(seen.cnf !== undefined, isBound);

        const renewed = await refresh(granted);
        assert.notEqual(renewed.refresh_token, granted.answer.refresh_token);
        // Lost on the way: the same successor again.
        const again = await refresh(granted);
        assert.equal(again.refresh_token, renewed.refresh_token);
        assert.equal(again.access_token.length > 0, true);
        assert.equal((await userinfo(granted, renewed.access_token)).email, ADA.email);

        await revoke(granted, renewed.access_token);
        assert.equal((await introspect(name, auth, renewed.access_token)).active, false);
        const last = await refresh({ ...granted, answer: renewed });
        assert.ok(last.refresh_token, 'an access token that is revoked ends no grant');
        await revoke(granted, last.refresh_token);
        await assert.rejects(refresh({ ...granted, answer: last }), oauth.ResponseBodyError);
        assert.equal((await introspect(name, auth, last.access_token)).active, false);
      });
    }
  }

  it('an assertion is good once', async () => {
    const auth = oauth.PrivateKeyJwt(keys.privateKey, {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.jti = 'the-same';
      },
    });
    const ask = async () => {
      const parameters = new URLSearchParams({ scope: 'read' });
      const client = { client_id: 'signs' };
      const sent = oauth.clientCredentialsGrantRequest(as, client, auth, parameters, INSECURE);
      return oauth.processClientCredentialsResponse(as, client, await sent);
    };
    assert.ok((await ask()).access_token);
    await assert.rejects(ask(), { error: 'invalid_client' });
  });

  it('a resource server that checks signatures takes a DPoP-bound token as RFC 9068 has it', async () => {
    const granted = await codeFlow('basic', oauth.ClientSecretBasic(SECRET), { isBound: true });
    const client = { client_id: 'basic' };
    const url = new URL(`${program.base}/am/oauth2/alpha/userinfo`);
    let shown: Request | undefined;
    const customFetch = async (to: string, init: RequestInit) => {
      shown = new Request(to, init);
      return fetch(to, init);
    };
    await twice(() =>
      oauth.protectedResourceRequest(
        ...([granted.answer.access_token, 'GET', url, new Headers(), null] as const),
        { DPoP: granted.DPoP, ...INSECURE, [oauth.customFetch]: customFetch } as never,
      ),
    );
    const claims = await oauth.validateJwtAccessToken(
      ...([as, shown ?? assert.fail(), issuer.href, { requireDPoP: true, ...INSECURE }] as const),
    );
    assert.equal(claims.client_id, client.client_id);
  });

  it('client credentials, with a key and without', async () => {
    for (const [name, authOf] of WAYS.slice(0, 4)) {
      for (const isBound of [false, true]) {
        const client: oauth.Client = { client_id: name };
        const pair = isBound ? await oauth.generateKeyPair('ES256') : undefined;
        const extra = { ...INSECURE, ...(pair && { DPoP: oauth.DPoP(client, pair) }) };
        const answer = await twice(async () => {
          const parameters = new URLSearchParams({ scope: 'read' });
          const sent = oauth.clientCredentialsGrantRequest(as, client, authOf(), parameters, extra);
          return oauth.processClientCredentialsResponse(as, client, await sent);
        });
        assert.equal(answer.refresh_token, undefined);
        const seen = await introspect(name, authOf(), answer.access_token);
        assert.deepEqual([seen.active, seen.sub], [true, name]);
      }
    }
  });

  it('password, where a client is registered for it', async () => {
    const client = { client_id: 'old' };
    const { username, password } = ADA;
    const ask = async (more: Record<string, string>) => {
      const sent = await oauth.genericTokenEndpointRequest(
        ...([as, client, oauth.ClientSecretPost(SECRET), 'password'] as const),
        { username, password, scope: 'openid read', ...more },
        INSECURE,
      );
      return oauth.processGenericTokenEndpointResponse(as, client, sent);
    };
    const answer = await ask({});
    assert.ok(answer.id_token && answer.refresh_token);
    await assert.rejects(ask({ password: 'wrong' }), { error: 'invalid_grant' });
  });

  it('token exchange, of an access token and of a session', async () => {
    const granted = await codeFlow('basic', oauth.ClientSecretBasic(SECRET));
    const client = { client_id: 'api' };
    const auth = oauth.ClientSecretPost(SECRET);
    for (const [subject_token, subject_token_type] of [
      [granted.answer.access_token, ACCESS_TOKEN],
      [session, SESSION],
    ] as const) {
      const sent = await oauth.genericTokenEndpointRequest(
        ...([as, client, auth, EXCHANGE] as const),
        { subject_token, subject_token_type, audience: 'back' },
        INSECURE,
      );
      const answer = await oauth.processGenericTokenEndpointResponse(as, client, sent);
      assert.deepEqual([answer.issued_token_type, answer.scope], [ACCESS_TOKEN, 'read']);
      const seen = await introspect('api', auth, answer.access_token);
      assert.deepEqual([seen.active, seen.aud, seen.act], [true, 'back', { sub: 'api' }]);
    }
  });

  it('openid-client does the whole of it from the name of the issuer', async () => {
    const auth = openid.PrivateKeyJwt(keys.privateKey);
    const config = await openid.discovery(issuer, 'signs', undefined, auth, {
      execute: [openid.allowInsecureRequests],
    });
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const url = await openid.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: REDIRECT,
        scope: 'openid email read',
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
      },
      { DPoP },
    );
    const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true };
    const callback = await visit(url);
    const first = await openid.authorizationCodeGrant(config, callback, checks, undefined, {
      DPoP,
    });
    assert.equal(first.token_type, 'dpop');
    const { sub } = first.claims() ?? assert.fail('no ID token');
    const renewed = await openid.refreshTokenGrant(
      ...([config, first.refresh_token ?? '', { scope: 'openid read' }, { DPoP }] as const),
    );
    const person = await openid.fetchUserInfo(config, renewed.access_token, sub, { DPoP });
    assert.equal(person.sub, sub);
    assert.equal((await openid.tokenIntrospection(config, renewed.access_token)).active, true);
    await openid.tokenRevocation(config, renewed.refresh_token ?? '');
    assert.equal((await openid.tokenIntrospection(config, renewed.access_token)).active, false);
    await assert.rejects(
      openid.refreshTokenGrant(config, renewed.refresh_token ?? '', undefined, { DPoP }),
      { error: 'invalid_grant' },
    );
  });
});
