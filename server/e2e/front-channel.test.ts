/**
 * The front channel in the hands of a browser and of other people's clients, as strict as they are:
 * sign-in, consent, form post, a device, and logout, against the running program.
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
import { ADA } from './vendors.ts';
import { type Answer, form, openWire, type Wire } from './wire.ts';

const REDIRECT = 'http://127.0.0.1:9999/callback';
const HOME = 'http://127.0.0.1:9999/bye';
const SECRET = 'a-secret-of-more-than-32-characters';
const INSECURE = { [oauth.allowInsecureRequests]: true } as const;

const CLIENTS = [
  {
    client_id: 'asking',
    client_secret: SECRET,
    realm: 'alpha',
    redirect_uris: [REDIRECT],
    post_logout_redirect_uris: [HOME],
    grant_types: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'read'],
  },
  {
    client_id: 'television',
    public: true,
    realm: 'alpha',
    grant_types: ['device_code', 'refresh_token'],
    scopes: ['openid', 'read'],
  },
];

/** A browser without scripts: cookies, forms, and redirects as far as the client's own URIs. */
function openTab(wire: Wire, base: string) {
  const cookies = new Map<string, string>();

  async function send(method: string, url: URL, fields?: Record<string, string>): Promise<Answer> {
    const Cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const posted = fields ? form(fields) : { headers: {} };
    const headers = { ...posted.headers, Cookie, Accept: 'text/html' };
    const answer = await wire.send({ ...posted, method, path: url.pathname + url.search, headers });
    for (const line of answer.cookies) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (line.includes('Max-Age=0')) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  return {
    cookies,
    visit: (url: URL | string) => send('GET', new URL(url, base)),
    /** Fills the form of a page and presses a button. */
    submit(page: Answer, fields: Record<string, string>): Promise<Answer> {
      const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page.body) ?? [];
      const [, sealed = ''] = / name="form" value="([^"]+)"/.exec(page.body) ?? [];
      assert.ok(action, page.body);
      return send('POST', new URL(action, base), { form: sealed, ...fields });
    },
  };
}

const locationOf = (answer: Answer) => new URL(answer.headers.location ?? assert.fail(answer.body));

describe('the front channel', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-front-'));
  let program: Program;
  let wire: Wire;
  let config: openid.Configuration;

  before(async () => {
    const options = demo();
    options.dialects.oauth = { clients: CLIENTS };
    const file = join(data, 'config.yaml');
    writeFileSync(file, stringify(options, { aliasDuplicateObjects: false }));
    program = await startProgram({ data: join(data, 'data'), config: file });
    wire = openWire(program.base);
    const issuer = new URL(`${program.base}/am/oauth2/realms/root/realms/alpha`);
    const insecure = { execute: [openid.allowInsecureRequests] };
    config = await openid.discovery(issuer, 'asking', SECRET, undefined, insecure);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  interface Flow {
    readonly url: URL;
    readonly checks: openid.AuthorizationCodeGrantChecks;
  }

  async function begin(more: Record<string, string> = {}): Promise<Flow> {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid profile read',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      ...more,
    });
    return {
      url,
      checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
    };
  }

  it('signs in, consents, renews, and signs out, with openid-client', async () => {
    const tab = openTab(wire, program.base);
    const { url, checks } = await begin();
    const signIn = await tab.visit(url);
    const wrong = await tab.submit(signIn, { username: 'ada', password: 'let-there-be-dark-1' });
    assert.equal(wrong.status, 400);
    const consent = await tab.submit(wrong, { username: 'ada', password: ADA.password });
    assert.match(consent.body, /asking asks for access/);
    const answer = await tab.submit(consent, { decision: 'allow', save_consent: 'on' });
    assert.equal(answer.status, 303);
    const tokens = await openid.authorizationCodeGrant(config, locationOf(answer), checks);
    assert.equal(tokens.claims()?.sub, 'ada');
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.equal(renewed.claims()?.auth_time, tokens.claims()?.auth_time);

    const again = await begin({ max_age: '3600', prompt: 'none' });
    const silent = await tab.visit(again.url);
    const maxAge = { ...again.checks, maxAge: 3600 };
    await openid.authorizationCodeGrant(config, locationOf(silent), maxAge);

    const out = openid.buildEndSessionUrl(config, {
      post_logout_redirect_uri: HOME,
      id_token_hint: renewed.id_token ?? '',
      state: 'bye',
    });
    const gone = await tab.visit(out);
    assert.equal(locationOf(gone).href, `${HOME}?state=bye`);
    assert.deepEqual([...tab.cookies.keys()], ['lamp_form']);
    await assert.rejects(openid.refreshTokenGrant(config, renewed.refresh_token ?? ''), {
      error: 'invalid_grant',
    });
    const { url: later } = await begin({ prompt: 'none' });
    assert.equal(locationOf(await tab.visit(later)).searchParams.get('error'), 'login_required');
  });

  it('is known to AM’s own API by the cookie that the page has set', async () => {
    const tab = openTab(wire, program.base);
    await tab.submit(await tab.visit((await begin()).url), {
      username: 'ada',
      password: ADA.password,
    });
    const token = tab.cookies.get('iPlanetDirectoryPro') ?? '';
    const { status, body } = await wire.send({
      method: 'POST',
      path: '/am/json/realms/root/realms/alpha/sessions?_action=getSessionInfo',
      headers: {
        Cookie: `iPlanetDirectoryPro=${token}`,
        'Accept-API-Version': 'resource=4.0',
        'Content-Type': 'application/json',
      },
      body: '{}',
    });
    assert.equal(status, 200, body);
    assert.equal(JSON.parse(body).username, 'ada');
  });

  it('posts the answer, where the client asks for that', async () => {
    const tab = openTab(wire, program.base);
    const { url, checks } = await begin({ response_mode: 'form_post' });
    const consent = await tab.submit(await tab.visit(url), {
      username: 'ada',
      password: ADA.password,
    });
    const page = await tab.submit(consent, { decision: 'allow' });
    assert.match(page.body, new RegExp(`action="${REDIRECT}"`));
    const inputs = [...page.body.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams(
      inputs.map(([, name = '', value = '']): [string, string] => [name, value]),
    );
    const posted = new Request(REDIRECT, { method: 'POST', body });
    const tokens = await openid.authorizationCodeGrant(config, posted, checks);
    assert.equal(tokens.claims()?.sub, 'ada');
  });

  it('connects a device, with oauth4webapi', async () => {
    const issuer = new URL(config.serverMetadata().issuer);
    const found = await oauth.discoveryRequest(issuer, INSECURE);
    const as = await oauth.processDiscoveryResponse(issuer, found);
    const client: oauth.Client = { client_id: 'television' };
    const scope = new URLSearchParams({ scope: 'openid read' });
    const begun = oauth.deviceAuthorizationRequest(as, client, oauth.None(), scope, INSECURE);
    const device = await oauth.processDeviceAuthorizationResponse(as, client, await begun);
    const poll = async () => {
      const { device_code: code } = device;
      const asked = oauth.deviceCodeGrantRequest(as, client, oauth.None(), code, INSECURE);
      return oauth.processDeviceCodeResponse(as, client, await asked);
    };
    await assert.rejects(poll, { error: 'authorization_pending' });
    const tab = openTab(wire, program.base);
    const signIn = await tab.visit(device.verification_uri_complete ?? '');
    const entry = await tab.submit(signIn, { username: 'ada', password: ADA.password });
    const confirm = await tab.submit(entry, { user_code: device.user_code });
    const done = await tab.submit(confirm, { decision: 'allow' });
    assert.match(done.body, /The device is connected/);
    const tokens = await poll();
    assert.equal(oauth.getValidatedIdTokenClaims(tokens)?.sub, 'ada');
    const token = tokens.refresh_token ?? '';
    const sent = oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, INSECURE);
    assert.ok((await oauth.processRefreshTokenResponse(as, client, await sent)).access_token);
  });
});
