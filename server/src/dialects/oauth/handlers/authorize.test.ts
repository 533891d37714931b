/**
 * The authorization endpoint: who gets a code, and where everything else goes.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { POLICY } from '../../../sessions/sessions.testing.ts';
import type { WireAnswer } from '../../dialect.ts';
import {
  BASE,
  CALLBACK,
  CHALLENGE,
  COOKIE,
  ISSUER,
  locationOf,
  openStage,
  WEB,
} from '../oauth.testing.ts';

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };

test('a signed-in person gets a code, by cookie or by header, by GET or by POST', async () => {
  const { signIn, send } = await openStage();
  const { text } = await signIn();
  const form = {
    response_type: 'code',
    client_id: 'web',
    redirect_uri: CALLBACK,
    scope: 'openid edit',
    state: 'a b&c',
  };
  const path = `${BASE}/authorize`;
  const consent = { csrf: text, decision: 'Allow' };
  for (const headers of [
    { [COOKIE]: text },
    { Cookie: `other=1; ${COOKIE}=${text}` },
    { Cookie: `${COOKIE}=${text}`, [COOKIE]: text },
    { Cookie: `${COOKIE}=stale`, [COOKIE]: text },
  ]) {
    for (const answer of [
      await send({ path, query: form, headers }),
      await send({ path, body: new URLSearchParams({ ...form, ...consent }), headers }),
      await send({ path, body: new URLSearchParams(form), headers }),
    ]) {
      const { target, answered } = locationOf(answer);
      assert.equal(target, CALLBACK);
      assert.deepEqual([...answered.keys()], ['code', 'state', 'iss', 'client_id', 'scope']);
      assert.match(answered.get('code') ?? '', /^lamp_ac_[\w-]{50}$/);
      assert.equal(answered.get('state'), 'a b&c');
      assert.equal(answered.get('iss'), ISSUER);
      assert.equal(answered.get('scope'), 'openid edit');
      assert.equal(answer.headers['Cache-Control'], 'no-store');
      assert.equal(answer.headers['X-Frame-Options'], undefined);
    }
  }
});

test('response_type=none only says that the person is signed in', async () => {
  const { signIn, authorize, events } = await openStage();
  const { text } = await signIn();
  const { answered } = locationOf(await authorize(text, { response_type: 'none' }));
  assert.deepEqual([...answered.keys()], ['state', 'iss']);
  assert.ok(!events.some(({ event }) => event === 'ticket_issued'));
  const asked = { response_type: 'none', prompt: 'none' };
  const stranger = locationOf(await authorize(undefined, asked));
  assert.equal(stranger.answered.get('error'), 'login_required');
});

test('programs, and those who ask for no page, are told by redirect that nobody is signed in', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const { signIn, authorize, services, textOf } = stage;
  const ended = await signIn();
  await services.sessions.endSession(ended.session, { reason: 'signed_out', by: 'user' });
  const elsewhere = await signIn(stage.people.ada, 'beta');
  const { session } = await signIn();
  const child = await services.sessions.addChild(
    session,
    { application: 'desk', facts: {} },
    'test',
  );
  assert.ok(!('refused' in child));
  const childText = textOf(child.session, child.child.slot);
  for (const text of [undefined, 'garbage', ended.text, elsewhere.text, childText]) {
    for (const prompt of [undefined, 'none']) {
      const answer = await authorize(text, { prompt });
      if (text === undefined && prompt === undefined) {
        assert.equal(answer.status, 200, 'a browser gets the sign-in page');
        continue;
      }
      const { answered } = locationOf(answer);
      assert.equal(answered.get('error'), 'login_required');
      assert.equal(answered.get('state'), 's1');
      assert.equal(answered.get('iss'), ISSUER);
      assert.equal(answered.get('code'), null);
    }
  }
});

test('prompt=login and a passed max_age ask for a fresh sign-in', async () => {
  const { signIn, authorize, clock } = await openStage();
  const { text } = await signIn();
  const errorOf = async (more: Record<string, string>) =>
    locationOf(await authorize(text, more)).answered.get('error');
  clock.advance(61_000);
  assert.equal(await errorOf({ prompt: 'login' }), 'login_required');
  assert.equal(await errorOf({ max_age: '60' }), 'login_required');
  assert.equal(await errorOf({ max_age: '61' }), null);
  assert.equal(await errorOf({ prompt: 'none' }), null);
  assert.equal(await errorOf({ max_age: '-1' }), 'invalid_request');
  assert.equal(await errorOf({ prompt: 'none login' }), 'invalid_request');
});

test('a decision needs the session token as its proof', async () => {
  const { signIn, send, events } = await openStage();
  const { text } = await signIn();
  const other = await signIn();
  const decide = (more: Record<string, string>) =>
    send({
      path: `${BASE}/authorize`,
      headers: { Cookie: `${COOKIE}=${text}` },
      body: new URLSearchParams({
        response_type: 'code',
        client_id: 'web',
        redirect_uri: CALLBACK,
        scope: 'edit',
        ...more,
      }),
    });
  for (const forged of [
    { decision: 'allow' },
    { decision: 'allow', csrf: other.text },
    { decision: 'allow', csrf: `${text}x` },
    { csrf: 'x' },
  ] as Record<string, string>[]) {
    assertPage(await decide(forged), 400, 'bad_request');
  }
  const { answered } = locationOf(await decide({ decision: 'deny', csrf: text }));
  assert.equal(answered.get('error'), 'access_denied');
  assert.equal(answered.get('error_description'), 'Resource Owner did not authorize the request');
  assert.ok(!events.some(({ event }) => event === 'ticket_issued'));
  assert.ok(locationOf(await decide({ decision: 'ALLOW', csrf: text })).answered.get('code'));
});

test('without implied consent only a posted decision will do', async () => {
  const { signIn, authorize, send } = await openStage();
  const { text } = await signIn();
  const ask = { client_id: 'asks-first', scope: 'read' };
  const linked = await authorize(text, { ...ask, decision: 'allow', csrf: text });
  assert.equal(locationOf(linked).answered.get('error'), 'consent_required');
  const form = { ...ask, response_type: 'code', decision: 'allow', csrf: text };
  const posted = await send({
    path: `${BASE}/authorize`,
    headers: { [COOKIE]: text },
    body: new URLSearchParams(form),
  });
  assert.ok(locationOf(posted).answered.get('code'));
});

test('nothing is redirected until client and redirect URI are proven', async () => {
  const { signIn, authorize, send } = await openStage();
  const { text } = await signIn();
  const path = `${BASE}/authorize`;
  const cases: [Record<string, string | undefined>, string][] = [
    [{ client_id: undefined }, 'invalid_client'],
    [{ client_id: 'nobody' }, 'invalid_client'],
    [{ client_id: '__proto__' }, 'invalid_client'],
    [{ redirect_uri: `${CALLBACK}/` }, 'redirect_uri_mismatch'],
    [{ redirect_uri: `${CALLBACK}?x=1` }, 'redirect_uri_mismatch'],
    [{ redirect_uri: CALLBACK.replace('9999', '9998') }, 'redirect_uri_mismatch'],
    [{ redirect_uri: '"><script>alert(1)</script>' }, 'redirect_uri_mismatch'],
    [{ client_id: 'spa', redirect_uri: undefined }, 'invalid_request'],
    [{ client_id: 'resource' }, 'redirect_uri_mismatch'],
  ];
  for (const [more, error] of cases) {
    const answer = await authorize(text, more);
    assertPage(answer, 400, error);
    assert.ok(!answer.body.includes('<script'));
  }
  const twice = { client_id: ['web', 'web'], redirect_uri: CALLBACK };
  assertPage(await send({ path, query: twice }), 400, 'invalid_request');
  const json = await send({ path, method: 'POST', body: { client_id: 'web' } });
  assertPage(json, 400, 'invalid_request');
});

test('what is wrong with a proven request goes to the client', async () => {
  const { signIn, authorize, send } = await openStage();
  const { text } = await signIn();
  const spa = { client_id: 'spa' };
  const cases: [Record<string, string | undefined>, string][] = [
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ request: 'e30.e30.' }, 'request_not_supported'],
    [{ request_uri: 'https://example.com/r' }, 'request_uri_not_supported'],
    [{ scope: undefined }, 'invalid_scope'],
    [{ scope: '' }, 'invalid_scope'],
    [{ scope: 'edit "root"\\' }, 'invalid_scope'],
    [spa, 'invalid_request'],
    [{ ...spa, code_challenge: CHALLENGE }, 'invalid_request'],
    [{ ...spa, code_challenge: CHALLENGE, code_challenge_method: 'plain' }, 'invalid_request'],
    [{ ...spa, ...PKCE, code_challenge: `${CHALLENGE}A` }, 'invalid_request'],
    [{ code_challenge_method: 'S256' }, 'invalid_request'],
  ];
  for (const [more, error] of cases) {
    const { target, answered } = locationOf(await authorize(text, more));
    assert.equal(target, CALLBACK);
    assert.equal(answered.get('error'), error, JSON.stringify(more));
    assert.match(answered.get('error_description') ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    assert.equal(answered.get('state'), 's1');
    assert.equal(answered.get('code'), null);
  }
  const query = { client_id: 'web', response_type: 'code', scope: ['edit', 'read'], state: 's1' };
  const { answered } = locationOf(await send({ path: `${BASE}/authorize`, query }));
  assert.equal(answered.get('error'), 'invalid_request');
});

test('a redirect URI with a query keeps it', async () => {
  const { signIn, authorize } = await openStage();
  const { text } = await signIn();
  const redirect_uri = 'https://spa.example/?page=1';
  const answer = await authorize(text, { client_id: 'spa', redirect_uri, ...PKCE });
  assert.match(String(answer.headers.Location), /^https:\/\/spa\.example\/\?page=1&code=lamp_ac_/);
});

test('what a code keeps is bounded, so that a session has room for the codes of others', async () => {
  const { signIn, authorize, send, events, clock } = await openStage();
  const { text } = await signIn();
  const errorOf = async (nonce: string) =>
    locationOf(await authorize(text, { nonce })).answered.get('error');
  for (const nonce of ['n'.repeat(513), 'n'.repeat(5000), '\0', 'a\nb']) {
    assert.equal(await errorOf(nonce), 'invalid_request', JSON.stringify(nonce.slice(0, 9)));
  }
  const elsewhere = await send({
    path: `${BASE}/authorize`,
    query: { client_id: 'web', response_type: 'code', scope: 'edit' },
    headers: { [COOKIE]: text },
    origin: `http://${'a'.repeat(512)}.example`,
  });
  assert.equal(locationOf(elsewhere).answered.get('error'), 'invalid_request');
  assert.ok(!events.some(({ event }) => event === 'ticket_issued'));
  for (let count = 0; count < POLICY.limits.tickets; count++) {
    assert.equal(await errorOf('"'.repeat(512)), null);
  }
  assert.equal(await errorOf('n'), 'temporarily_unavailable', 'as many codes wait already');
  clock.advance(2 * 60_000);
  assert.equal(await errorOf('n'), null);
});

test('a session that has no room for a code asks for another sign-in', async () => {
  const limits = { ...POLICY.limits, record: 700 };
  const { signIn, authorize } = await openStage({}, { policy: { limits } });
  const { text } = await signIn();
  const { answered } = locationOf(await authorize(text, { nonce: 'n'.repeat(400) }));
  assert.equal(answered.get('error'), 'login_required');
  assert.match(answered.get('error_description') ?? '', /no room/);
  const small = { ...POLICY.limits, propertyLength: 100 };
  const strict = await openStage({}, { policy: { limits: small } });
  const person = await strict.signIn();
  const asked = await strict.authorize(person.text, { nonce: 'n'.repeat(100) });
  assert.equal(locationOf(asked).answered.get('error'), 'invalid_request', 'its own fault');
});

function assertPage(answer: WireAnswer, status: number, error: string): void {
  assert.equal(answer.status, status);
  assert.equal(answer.headers['Content-Type'], 'text/html;charset=UTF-8');
  assert.equal(answer.headers['Cache-Control'], 'no-store');
  assert.equal(answer.headers.Location, undefined);
  assert.match(answer.body, new RegExp(`<code>${error}</code>`));
}

test('a post from another site comes again as a GET, to which browsers bring their cookies', async () => {
  const { send, signIn, post } = await openStage();
  const { text } = await signIn();
  const body = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'web', redirect_uri: CALLBACK },
    ...{ scope: 'edit', state: 'a b&c', prompt: 'none' },
  });
  const path = '/am/oauth2/authorize';
  const from = (site: string, more = {}) => ({ 'Sec-Fetch-Site': site, ...more });
  const ask = { path, query: { realm: '/alpha' }, body };
  const again = await send({ ...ask, headers: from('cross-site') });
  assert.deepEqual([again.status, again.headers.Location], [303, `${BASE}/authorize?${body}`]);
  for (const headers of [from('same-site'), from('cross-site', { Cookie: `${COOKIE}=${text}` })]) {
    const { answered } = locationOf(await send({ ...ask, headers }));
    assert.ok(answered.get('code') ?? answered.get('error'));
  }
  const pushed = { ...Object.fromEntries(body), ...WEB, nonce: 'secret' };
  const { request_uri } = (await post('/par', pushed)).json;
  const brought = new URLSearchParams({ client_id: 'web', request_uri });
  const byReference = await send({ path, body: brought, headers: from('cross-site') });
  assert.equal(byReference.headers.Location, `${BASE}/authorize?${brought}`, 'and no more');
  const decided = new URLSearchParams([...body, ['csrf', text], ['decision', 'allow']]);
  const plain = await send({ ...ask, body: decided, headers: from('cross-site') });
  assert.equal(plain.headers.Location, `${BASE}/authorize?${body}`, 'no URL holds a token (I12)');
  body.set('ui_locales', 'x'.repeat(8192));
  const long = await send({ ...ask, headers: from('cross-site') });
  assert.equal(locationOf(long).answered.get('error'), 'login_required', 'too long for a URL');
});
