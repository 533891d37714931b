/**
 * Token exchange: narrower, for others, and never longer than what was shown.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ACCESS_TOKEN_TYPE } from '../access-token.ts';
import { TOKEN_EXCHANGE } from '../clients.ts';
import {
  BASE,
  CLIENTS,
  claimsOf,
  type Form,
  ISSUER,
  openStage,
  SPA,
  WEB,
} from '../oauth.testing.ts';

const SESSION_TYPE = 'urn:lamplighter:token-type:session';
const API = { client_id: 'api', client_secret: 'api-secret' };
const BACK = { client_id: 'back', client_secret: 'back-secret' };
const AUDIENCES = ['back', 'https://other.example/api'];

const OPTIONS = {
  clients: [
    ...CLIENTS,
    {
      ...API,
      realm: 'alpha',
      grant_types: ['client_credentials'],
      scopes: ['read'],
      token_exchange: { audiences: AUDIENCES, scopes: ['read', 'edit'] },
    },
    {
      ...BACK,
      realm: 'alpha',
      grant_types: [],
      token_exchange: { scopes: ['read'] },
    },
  ],
};

async function openExchange() {
  const stage = await openStage(OPTIONS);
  const swap = (subject: string, more: Form = {}, client: Form = API) =>
    stage.token({
      grant_type: TOKEN_EXCHANGE,
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN_TYPE,
      audience: 'back',
      ...client,
      ...more,
    });
  const active = async (token: string, client: Form = API) =>
    (await stage.post('/introspect', { token, ...client })).json.active;
  return { ...stage, swap, active };
}

test('a token is exchanged for one with less scope and another audience', async () => {
  const { granted, swap, clock, people } = await openExchange();
  const { json: shown, session } = await granted('web', 'openid edit read write');
  clock.advance(300_000);
  const { status, json } = await swap(shown.access_token, { scope: 'read' });
  assert.equal(status, 200);
  const { access_token, ...rest } = json;
  assert.deepEqual(rest, {
    scope: 'read',
    token_type: 'Bearer',
    expires_in: 600,
    issued_token_type: ACCESS_TOKEN_TYPE,
  });
  const { jti, ...claims } = claimsOf(access_token);
  const before = claimsOf(shown.access_token);
  assert.notEqual(jti, before.jti);
  assert.deepEqual(claims, {
    iss: ISSUER,
    sub: people.ada.subject,
    aud: 'back',
    client_id: 'api',
    scope: 'read',
    exp: before.exp,
    iat: Math.floor(clock.now() / 1000),
    auth_time: before.auth_time,
    sid: session.id,
    grant: before.grant,
    generation: before.generation,
    act: { sub: 'api' },
  });
  const most = await swap(shown.access_token);
  assert.equal(most.json.scope, 'read edit', 'what both have, when nothing is asked for');
});

test('whom it is for may introspect it and exchange it on; others may not', async () => {
  const { granted, swap, active, post, send } = await openExchange();
  const { json: shown } = await granted('web', 'edit read');
  const { access_token } = (await swap(shown.access_token)).json;
  assert.equal(await active(access_token, API), true);
  assert.equal(await active(access_token, BACK), true);
  assert.equal(await active(access_token, WEB), false);
  const { json } = await post('/introspect', { token: access_token, ...BACK });
  assert.deepEqual([json.aud, json.act], ['back', { sub: 'api' }]);
  const query = { access_token };
  const told = JSON.parse((await send({ path: `${BASE}/tokeninfo`, query })).body);
  assert.equal(told.aud, 'back', 'whoever is not meant can see it');
  const on = await swap(access_token, { audience: '' }, BACK);
  assert.equal(on.status, 200, on.body);
  const { aud, act, scope } = claimsOf(on.json.access_token);
  assert.deepEqual([aud, act, scope], [ISSUER, { sub: 'back', act: { sub: 'api' } }, 'read']);
  const elsewhere = await swap(shown.access_token, { audience: 'https://other.example/api' });
  const stolen = await swap(elsewhere.json.access_token, { audience: '' }, BACK);
  assert.deepEqual([stolen.status, stolen.json.error], [400, 'invalid_request']);
});

test('it ends with the session, with the grant, or alone', async () => {
  for (const [how, isSpared] of [
    ['session', false],
    ['grant', false],
    ['shown', true],
    ['itself', false],
  ] as const) {
    const { granted, swap, active, post, services } = await openExchange();
    const { json: shown, session } = await granted('web', 'edit read');
    const { access_token } = (await swap(shown.access_token)).json;
    const why = { reason: 'signed_out', by: 'user' } as const;
    if (how === 'session') await services.sessions.endSession(session, why);
    if (how === 'grant') await post('/token/revoke', { token: shown.refresh_token, ...WEB });
    if (how === 'shown') await post('/token/revoke', { token: shown.access_token, ...WEB });
    if (how === 'itself') await post('/token/revoke', { token: access_token, ...API });
    assert.equal(await active(access_token), isSpared, how);
  }
});

test('a session token is exchanged as well, and the new one ends with the session', async () => {
  const { signIn, swap, active, services, clock, people } = await openExchange();
  const { session, text } = await signIn();
  const { status, json } = await swap(text, { subject_token_type: SESSION_TYPE });
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.scope, 'read edit');
  assert.equal(json.expires_in, 900, 'half the idle time');
  const { sub, sid, grant } = claimsOf(json.access_token);
  assert.deepEqual([sub, sid, grant], [people.ada.subject, session.id, undefined]);
  assert.equal(await active(json.access_token), true);
  clock.advance(60_000);
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  assert.equal(await active(json.access_token), false);
  const { json: late } = await swap(text, { subject_token_type: SESSION_TYPE });
  assert.equal(late.error, 'invalid_request');
  assert.match(late.error_description, /the session ended \(signed_out\)/);
});

test("a child's token does not speak for the whole sign-in", async () => {
  const { signIn, swap, services, textOf } = await openExchange();
  const { session } = await signIn();
  const child = await services.sessions.addChild(session, { application: 'x', facts: {} }, 'test');
  if ('refused' in child) return assert.fail(child.refused);
  const answer = await swap(textOf(child.session, child.child.slot), {
    subject_token_type: SESSION_TYPE,
  });
  assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_request']);
});

test('an exchanged token for others is nothing to us', async () => {
  const { granted, swap, send, dialect } = await openExchange();
  const { json: shown } = await granted('web', 'openid read');
  const { access_token } = (await swap(shown.access_token)).json;
  const headers = { Authorization: `Bearer ${access_token}` };
  assert.equal((await send({ path: `${BASE}/userinfo`, headers })).status, 401);
  assert.equal(await dialect.readAccessToken?.(access_token, 'alpha'), undefined);
});

test('audiences and resources are those of the registration', async () => {
  const { granted, swap, send } = await openExchange();
  const { json: shown } = await granted('web', 'read');
  const [, other = ''] = AUDIENCES;
  const ask = (more: Form) => swap(shown.access_token, more);
  assert.equal(claimsOf((await ask({ audience: other })).json.access_token).aud, other);
  const byUrl = await ask({ audience: '', resource: other });
  assert.equal(claimsOf(byUrl.json.access_token).aud, other);
  const others: Form[] = [
    { audience: 'web' },
    { audience: '' },
    { resource: 'https://evil.example' },
  ];
  for (const more of others) {
    const { status, json } = await ask(more);
    assert.deepEqual([status, json.error], [400, 'invalid_target'], JSON.stringify(more));
  }
  const body = new URLSearchParams({
    grant_type: TOKEN_EXCHANGE,
    subject_token: shown.access_token,
    subject_token_type: ACCESS_TOKEN_TYPE,
    ...API,
  });
  for (const audience of AUDIENCES) body.append('audience', audience);
  const both = await send({ path: `${BASE}/access_token`, body });
  assert.deepEqual(claimsOf(JSON.parse(both.body).access_token).aud, AUDIENCES);
  body.append('audience', 'web');
  assert.equal((await send({ path: `${BASE}/access_token`, body })).status, 400);
});

test('what is no subject, or cannot be had, is refused', async () => {
  const { granted, swap, token, post, clock } = await openExchange();
  const { json: shown } = await granted('web', 'openid edit read');
  const own = await token({ grant_type: 'client_credentials', scope: 'read', ...API });
  const revoked = (await granted('web', 'read')).json.access_token;
  await post('/token/revoke', { token: revoked, ...WEB });
  for (const [subject, more, error] of [
    ['', {}, 'invalid_request'],
    ['garbage', {}, 'invalid_request'],
    [shown.refresh_token, {}, 'invalid_request'],
    [shown.id_token, {}, 'invalid_request'],
    [own.json.access_token, {}, 'invalid_request'],
    [revoked, {}, 'invalid_request'],
    [shown.access_token, { subject_token_type: '' }, 'invalid_request'],
    [shown.access_token, { subject_token_type: SESSION_TYPE }, 'invalid_request'],
    [
      shown.access_token,
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    [shown.access_token, { actor_token: 'x', actor_token_type: 'y' }, 'invalid_request'],
    [shown.access_token, { scope: 'write' }, 'invalid_scope'],
    [shown.access_token, { scope: 'openid' }, 'invalid_scope'],
    [shown.access_token, WEB, 'unauthorized_client'],
    [shown.access_token, { ...SPA, client_secret: '' }, 'unauthorized_client'],
  ] as const) {
    const { status, json } = await swap(subject, more as Form);
    assert.deepEqual([status, json.error], [400, error], JSON.stringify([subject, more]));
  }
  const nothing = (await granted('web', 'write')).json.access_token;
  assert.equal((await swap(nothing)).json.error, 'invalid_scope');
  clock.advance(900_000);
  assert.equal((await swap(shown.access_token)).json.error, 'invalid_request');
});
