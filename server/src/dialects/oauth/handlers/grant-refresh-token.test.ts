/**
 * Renewal: the retry rule through the token endpoint, and what clients are told.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { POLICY } from '../../../sessions/sessions.testing.ts';
import { CLIENTS, claimsOf, openStage, SPA, WEB } from '../oauth.testing.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test('a refresh as AM documents it: both tokens new, exact headers, a stale Bearer ignored', async () => {
  const { granted, refresh, token, clock } = await openStage();
  const { json: first } = await granted('web', 'edit read');
  clock.advance(10 * MINUTE);
  const answer = await token(
    { grant_type: 'refresh_token', refresh_token: first.refresh_token, scope: 'edit', ...WEB },
    { Authorization: `Bearer ${first.access_token}` },
  );
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.headers, {
    'Content-Type': 'application/json;charset=UTF-8',
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
  });
  assert.deepEqual(Object.keys(answer.json), [
    'access_token',
    'refresh_token',
    'scope',
    'token_type',
    'expires_in',
  ]);
  assert.notEqual(answer.json.access_token, first.access_token);
  assert.notEqual(answer.json.refresh_token, first.refresh_token);
  assert.equal(answer.json.scope, 'edit');
  assert.equal(answer.json.token_type, 'Bearer');
  assert.equal(answer.json.expires_in, 900);
  // The grant keeps its full scope.
  assert.equal((await refresh(answer.json.refresh_token)).json.scope, 'edit read');
});

test('1,000 refreshes at once make one successor', async () => {
  const { granted, refresh, services, clock, events } = await openStage();
  const { json, session } = await granted('spa');
  clock.advance(MINUTE);
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () => refresh(json.refresh_token, SPA)),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(answers.map((answer) => answer.json.refresh_token)).size, 1);
  const ids = answers.map((answer) => claimsOf(answer.json.access_token).jti);
  assert.equal(new Set(ids).size, 1);
  const record = await services.sessions.inspect(session.id);
  assert.equal(record?.session.grants[0]?.generation, 2);
  assert.equal(events.filter(({ event }) => event === 'grant_rotated').length, 1);
});

test('a lost answer is given again: same refresh token, same access token id and times', async () => {
  const { granted, refresh, clock, store } = await openStage();
  const { json: first } = await granted('spa', 'openid edit');
  clock.advance(5 * MINUTE);
  const lost = await refresh(first.refresh_token, SPA);
  clock.advance(59 * SECOND);
  const { commit } = store;
  store.commit = () => assert.fail('a retry writes nothing');
  const again = await refresh(first.refresh_token, SPA);
  store.commit = commit;
  assert.equal(again.status, 200);
  assert.equal(again.json.refresh_token, lost.json.refresh_token);
  assert.equal(again.json.expires_in, 900 - 59);
  assert.deepEqual(claimsOf(again.json.access_token), claimsOf(lost.json.access_token));
  const { at_hash: _, ...idToken } = claimsOf(again.json.id_token);
  const { at_hash: __, ...lostIdToken } = claimsOf(lost.json.id_token);
  assert.deepEqual(idToken, lostIdToken);
  const narrowed = await refresh(first.refresh_token, { ...SPA, scope: 'edit' });
  assert.equal(narrowed.json.refresh_token, lost.json.refresh_token);
  assert.notEqual(
    claimsOf(narrowed.json.access_token).jti,
    claimsOf(lost.json.access_token).jti,
    'another scope is another token',
  );
});

test('an unbound token past the cap is theft, a confidential client has an hour', async () => {
  for (const [client, allowed] of [
    ['spa', 59 * SECOND],
    ['web', 59 * MINUTE],
  ] as const) {
    const { granted, refresh, clock } = await openStage({}, { idleMs: DAY, lifeMs: DAY });
    const more = client === 'spa' ? SPA : WEB;
    const { json } = await granted(client);
    const next = await refresh(json.refresh_token, more);
    clock.advance(allowed);
    const again = await refresh(json.refresh_token, more);
    assert.equal(again.json.refresh_token, next.json.refresh_token);
    assert.ok(again.json.expires_in > 0);
    clock.advance(MINUTE);
    assertReplay(await refresh(json.refresh_token, more));
    assertEnded(await refresh(next.json.refresh_token, more), 'the grant ended (token_replayed)');
  }
});

test('a token two generations old ends the grant, and the answer says why', async () => {
  const { granted, refresh, services } = await openStage();
  const { json, session } = await granted('spa');
  const second = await refresh(json.refresh_token, SPA);
  const third = await refresh(second.json.refresh_token, SPA);
  assertReplay(await refresh(json.refresh_token, SPA));
  assertEnded(await refresh(third.json.refresh_token, SPA), 'the grant ended (token_replayed)');
  const record = await services.sessions.inspect(session.id);
  assert.equal(record?.session.grants[0]?.end?.reason, 'token_replayed');
  assert.equal(record?.end, null, 'the sign-in itself goes on');
});

test('a retry after the successor was seen in use is theft', async () => {
  for (const use of ['introspect', 'userinfo', 'refresh token introspected'] as const) {
    const { granted, refresh, post, send, clock } = await openStage();
    // Public clients learn nothing of refresh tokens.
    const [client, who] =
      use === 'refresh token introspected' ? (['web', WEB] as const) : (['spa', SPA] as const);
    const { json } = await granted(client);
    const next = await refresh(json.refresh_token, who);
    if (use === 'userinfo') {
      const headers = { Authorization: `Bearer ${next.json.access_token}` };
      const path = '/am/oauth2/realms/root/realms/alpha/userinfo';
      assert.equal((await send({ path, headers })).status, 200);
    } else {
      const token = use === 'introspect' ? next.json.access_token : next.json.refresh_token;
      const seen = await post('/introspect', { token, ...who });
      assert.equal(seen.json.active, true);
    }
    clock.advance(POLICY.retryOverlapMs);
    assertReplay(await refresh(json.refresh_token, who));
    assertEnded(await refresh(next.json.refresh_token, who), 'the grant ended (token_replayed)');
  }
});

test('the old access token in use is no evidence against a retry', async () => {
  const { granted, refresh, post } = await openStage();
  const { json } = await granted('spa');
  const next = await refresh(json.refresh_token, SPA);
  const seen = await post('/introspect', { token: json.access_token, ...SPA });
  assert.equal(seen.json.active, true);
  const again = await refresh(json.refresh_token, SPA);
  assert.equal(again.json.refresh_token, next.json.refresh_token);
});

test('a call whose client authentication failed has not used its token', async () => {
  const { granted, token, refresh, store } = await openStage();
  const { json } = await granted();
  const spent = await refresh(json.refresh_token);
  const third = await refresh(spent.json.refresh_token);
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  for (const refresh_token of [json.refresh_token, third.json.refresh_token]) {
    const form = { grant_type: 'refresh_token', refresh_token };
    for (const [more, headers] of [
      [{ client_id: 'web', client_secret: 'wrong' }, {}],
      [{ client_id: 'web' }, {}],
      [{}, { Authorization: `Basic ${btoa('web:wrong')}` }],
      [{ client_id: 'nobody', client_secret: 'web-secret' }, {}],
    ] as const) {
      const { status, json: body } = await token({ ...form, ...more }, headers);
      assert.equal(status, 401);
      assert.deepEqual(body, {
        error_description: 'Client authentication failed',
        error: 'invalid_client',
      });
    }
  }
  store.commit = commit;
  assert.equal((await refresh(third.json.refresh_token)).status, 200);
});

test('a token of another client is refused and stays good', async () => {
  const { granted, refresh } = await openStage();
  const { json } = await granted('web');
  const { status, json: body } = await refresh(json.refresh_token, SPA);
  assert.equal(status, 400);
  assert.equal(body.error, 'invalid_grant');
  assert.equal(body.error_description, 'grant is invalid: it was issued to a different client');
  assert.equal((await refresh(json.refresh_token)).status, 200);
});

test('forged, mangled and foreign tokens change nothing and say nothing', async () => {
  const { granted, refresh, store, services, textOf } = await openStage();
  const { json, code, session } = await granted();
  const { commit } = store;
  store.commit = () => assert.fail('committed');
  const genuine: string = json.refresh_token;
  const swapped = genuine.at(-20) === 'A' ? 'B' : 'A';
  for (const text of [
    `${genuine.slice(0, -20)}${swapped}${genuine.slice(-19)}`,
    `${genuine}=`,
    genuine.toUpperCase(),
    code,
    textOf(session),
    json.access_token,
    'lamp_rt_',
    'x',
    '\u0000',
    'é'.repeat(1000),
  ]) {
    const { status, json: body } = await refresh(text);
    assert.equal(status, 400);
    assert.deepEqual(body, { error_description: 'grant is invalid', error: 'invalid_grant' });
  }
  store.commit = commit;
  assert.equal((await services.sessions.inspect(session.id))?.end, null);
  assert.equal((await refresh(genuine)).status, 200);
});

test('more scope than the grant has is refused, and the token stays good', async () => {
  const { granted, refresh } = await openStage();
  const { json } = await granted('web', 'edit read');
  const { status, json: body } = await refresh(json.refresh_token, {
    ...WEB,
    scope: 'edit write <x>"é',
  });
  assert.equal(status, 400);
  assert.deepEqual(body, {
    error_description: 'Unknown/invalid scope(s): [write, <x>??]',
    error: 'invalid_scope',
  });
  const blank = await refresh(json.refresh_token, { ...WEB, scope: '' });
  assert.equal(blank.json.scope, 'edit read', 'an empty scope is none');
});

test('without offline_access the grant ends with the session, and the answer says why', async () => {
  const { granted, refresh, services, clock } = await openStage();
  const idle = await granted();
  clock.advance(30 * MINUTE);
  assertEnded(await refresh(idle.json.refresh_token), 'the session ended (idle_timeout)');
  const out = await granted();
  await services.sessions.endSession(out.session, { reason: 'signed_out', by: 'user' });
  assertEnded(await refresh(out.json.refresh_token), 'the session ended (signed_out)');
});

test('renewals keep the session from idling out, up to its absolute end', async () => {
  const { granted, refresh, clock } = await openStage();
  let { refresh_token } = (await granted()).json;
  for (let round = 0; round < 5; round++) {
    clock.advance(20 * MINUTE);
    const { status, json } = await refresh(refresh_token);
    assert.equal(status, 200);
    ({ refresh_token } = json);
  }
  clock.advance(20 * MINUTE);
  assertEnded(await refresh(refresh_token), 'the session ended (absolute_timeout)');
});

test('with offline_access the grant outlives the session, to its own ends', async () => {
  const { granted, refresh, services, clock } = await openStage();
  let { refresh_token, access_token } = (await granted('web', 'openid offline_access')).json;
  const { auth_time } = claimsOf(access_token);
  const grantedAt = clock.now();
  while (clock.now() + 6 * DAY < grantedAt + 90 * DAY) {
    clock.advance(6 * DAY);
    await services.sessions.sweep(100);
    const { status, json } = await refresh(refresh_token);
    assert.equal(status, 200, JSON.stringify(json));
    ({ refresh_token, access_token } = json);
    assert.equal(claimsOf(access_token).auth_time, auth_time);
  }
  clock.advance(6 * DAY);
  assertEnded(await refresh(refresh_token), 'the grant ended (absolute_timeout)');

  const resting = await granted('web', 'offline_access');
  clock.advance(7 * DAY);
  assertEnded(await refresh(resting.json.refresh_token), 'the grant ended (idle_timeout)');
});

test('an application that renews when its access token runs out stays signed in', async () => {
  const { granted, refresh, clock } = await openStage();
  let { refresh_token, expires_in } = (await granted()).json;
  for (let round = 0; round < 7; round++) {
    clock.advance(expires_in * SECOND);
    const { status, json } = await refresh(refresh_token);
    assert.equal(status, 200, `after ${round} renewals`);
    ({ refresh_token, expires_in } = json);
  }
});

test('no access token outlives the absolute end of its grant', async () => {
  const { granted, refresh, clock } = await openStage();
  let { refresh_token } = (await granted()).json;
  for (let round = 0; round < 5; round++) {
    clock.advance(20 * MINUTE);
    ({ refresh_token } = (await refresh(refresh_token)).json);
  }
  clock.advance(10 * MINUTE);
  assert.equal((await refresh(refresh_token)).json.expires_in, 10 * 60);
});

test('a refreshed id_token keeps iss, sub and auth_time, and has no nonce', async () => {
  const { signIn, codeOf, exchange, send, clock } = await openStage();
  const { text } = await signIn();
  clock.advance(MINUTE);
  const first = await exchange(await codeOf(text, { scope: 'openid', nonce: 'n-1' }));
  clock.advance(MINUTE);
  // The same server under another name.
  const answer = await send({
    path: '/am/oauth2/realms/root/realms/alpha/access_token',
    origin: 'http://localhost:8080',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: first.json.refresh_token,
      ...WEB,
    }),
  });
  const before = claimsOf(first.json.id_token);
  const after = claimsOf(JSON.parse(answer.body).id_token);
  assert.equal(before.nonce, 'n-1');
  assert.equal(after.nonce, undefined);
  for (const name of ['iss', 'sub', 'aud', 'auth_time', 'sid']) {
    assert.equal(after[name], before[name], name);
  }
  assert.equal(after.iat, before.iat + 60);
});

test('a second sign-in for another application leaves the auth_time of a grant as it was', async () => {
  const { granted, refresh, codeOf, exchange, services, clock } = await openStage();
  const { json, session, text } = await granted('web', 'openid');
  const { auth_time } = claimsOf(json.id_token);
  clock.advance(5 * MINUTE);
  const again = await services.sessions.reauthenticate(session, {
    subject: session.subject,
    methods: ['pwd'],
  });
  assert.ok(!('refused' in again));
  const { json: renewed } = await refresh(json.refresh_token);
  assert.equal(claimsOf(renewed.id_token).auth_time, auth_time, 'strict clients compare the two');
  assert.equal(claimsOf(renewed.access_token).auth_time, auth_time);
  const other = await exchange(await codeOf(text, { scope: 'openid' }));
  assert.equal(claimsOf(other.json.id_token).auth_time, auth_time + 5 * 60);
});

test('a client that may not renew gets no refresh token and may not use one', async () => {
  const { signIn, send, token, refresh, granted } = await openStage();
  const { text } = await signIn();
  const asksFirst = { client_id: 'asks-first', client_secret: 'a secret: 100% &+' };
  const { headers } = await send({
    path: '/am/oauth2/realms/root/realms/alpha/authorize',
    headers: { iPlanetDirectoryPro: text },
    body: new URLSearchParams({
      response_type: 'code',
      client_id: 'asks-first',
      scope: 'read',
      decision: 'allow',
      csrf: text,
    }),
  });
  const code = new URL(String(headers.Location)).searchParams.get('code') ?? '';
  const { json } = await token({ grant_type: 'authorization_code', code, ...asksFirst });
  assert.deepEqual(Object.keys(json), ['access_token', 'scope', 'token_type', 'expires_in']);
  const { json: other } = await granted();
  const { status, json: body } = await refresh(other.refresh_token, asksFirst);
  assert.equal(status, 400);
  assert.equal(body.error, 'unauthorized_client');
});

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

function assertReplay(answer: Answer): void {
  assertEnded(answer, 'it was used before, and so the grant ended (token_replayed)');
}

function assertEnded({ status, json }: Answer, why: string): void {
  assert.equal(status, 400);
  assert.deepEqual(json, {
    error_description: `grant is invalid: ${why}`,
    error: 'invalid_grant',
  });
}

test('a client may have a retry cap of its own, and say what a replay ends', async () => {
  const clients = CLIENTS.map((one) => ({ ...one, retry_cap: '5s', replay_ends: 'session' }));
  const { granted, refresh, services, clock } = await openStage({ clients });
  const { json, session } = await granted('web');
  assert.equal((await refresh(json.refresh_token)).status, 200);
  clock.advance(4999);
  assert.equal((await refresh(json.refresh_token)).status, 200);
  clock.advance(1);
  const replayed = await refresh(json.refresh_token);
  assert.equal(replayed.json.error, 'invalid_grant');
  assert.equal((await services.sessions.inspect(session.id))?.end?.reason, 'token_replayed');
});

test('whoever held what has ended is told where its owner reads why, and a stranger is not', async () => {
  const stage = await openStage();
  stage.join({ ...stage.dialect, name: 'other', whyPath: ({ id }) => `/why/${id}` });
  const { json, session } = await stage.granted('web');
  const { services, refresh } = stage;
  await services.sessions.endSession(session, { reason: 'signed_out', by: 'user' });
  const { error_uri } = (await refresh(json.refresh_token)).json;
  assert.equal(error_uri, `http://127.0.0.1:8080/why/${session.id}`);
  const forged = `${json.refresh_token.slice(0, -2)}AA`;
  assert.deepEqual(Object.keys((await refresh(forged)).json), ['error_description', 'error']);
});
