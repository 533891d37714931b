/**
 * Back-channel logout: who is told, what, and how often.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { schema } from './config.ts';
import { CLIENTS, claimsOf, ISSUER, openStage } from './oauth.testing.ts';

const RECEIVER = 'https://app.example/backchannel';
const [WEB_CLIENT] = CLIENTS;
const TOLD = {
  clients: [{ ...WEB_CLIENT, backchannel_logout_uri: RECEIVER }, ...CLIENTS.slice(1)],
};

const SIGNED_OUT = { reason: 'signed_out', by: 'user' } as const;

test('a client is told once that the sign-in has ended, with a token that it can check', async () => {
  const { granted, services, posted, clock } = await openStage(TOLD);
  const { json, session } = await granted('web', 'openid');
  await granted('spa', 'openid');
  await services.sessions.endSession(session, SIGNED_OUT);
  await services.sessions.settled();
  assert.deepEqual(
    posted.map(({ url }) => url),
    [RECEIVER],
  );
  const { logout_token: token = '', ...rest } = posted[0]?.form ?? {};
  assert.deepEqual(rest, {});
  const keys = services.keyring.publicKeys() as unknown as JSONWebKeySet;
  const { protectedHeader, payload } = await compactVerify(token, createLocalJWKSet(keys));
  assert.equal(protectedHeader.typ, 'logout+jwt');
  const { jti, ...claims } = JSON.parse(Buffer.from(payload).toString());
  const iat = clock.now() / 1000;
  assert.deepEqual(claims, {
    iss: ISSUER,
    aud: 'web',
    iat,
    exp: iat + 120,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    sub: 'ada',
    sid: session.id,
  });
  assert.match(jti, /^[\w-]{22}$/);
  assert.equal(claimsOf(json.id_token).sid, claims.sid, 'the sid that the client knows');
  const found = await services.sessions.inspect(session.id);
  assert.deepEqual(
    found?.session.notices.map(({ client, state, attempts }) => [client, state, attempts]),
    [['web', 'delivered', 1]],
  );
});

test('a sign-in that ends by itself is told of too', async () => {
  const { granted, services, posted, clock } = await openStage(TOLD);
  const { session } = await granted('web', 'openid');
  clock.advance(31 * 60_000);
  await services.sessions.sweep(100);
  await services.sessions.settled();
  assert.equal(claimsOf(posted[0]?.form.logout_token ?? '').sid, session.id);
});

test('a receiver that is down, or says no, is told again with the same jti', async () => {
  const answers = [0, 500, 302, 200];
  const receives = () => {
    const answer = answers.shift() ?? 200;
    if (answer === 0) throw new Error('ECONNREFUSED');
    return answer;
  };
  const { granted, services, posted, clock } = await openStage(TOLD, { receives });
  const { sessions } = services;
  const { session } = await granted('web', 'openid');
  await sessions.endSession(session, SIGNED_OUT);
  await sessions.settled();
  const faults: (string | null)[] = [];
  for (const waitMs of [10_000, 20_000, 40_000, 80_000]) {
    faults.push((await sessions.inspect(session.id))?.session.notices[0]?.fault ?? null);
    clock.advance(waitMs);
    await sessions.sweep(100);
    await sessions.settled();
  }
  assert.deepEqual(faults, ['ECONNREFUSED', 'answered 500', 'answered 302', null]);
  assert.equal(posted.length, 4, 'and not once more');
  const tokens = posted.map(({ form }) => claimsOf(form.logout_token ?? ''));
  assert.equal(new Set(tokens.map(({ jti }) => jti)).size, 1);
  assert.equal(new Set(tokens.map(({ iat }) => iat)).size, 4, 'none of them too old');
});

test('the issuer is that of the grant, or the base URL', async () => {
  for (const base_url of [undefined, 'https://id.example']) {
    const options = base_url === undefined ? TOLD : { ...TOLD, base_url };
    const { granted, services, posted } = await openStage(options);
    const { json, session } = await granted('web', 'openid');
    await services.sessions.endSession(session, SIGNED_OUT);
    await services.sessions.settled();
    const { iss } = claimsOf(posted[0]?.form.logout_token ?? '');
    assert.equal(iss, claimsOf(json.id_token).iss);
  }
});

test('a client whose receiver has left the config is told nothing, and that is said', async () => {
  const { granted, services, dialect } = await openStage(TOLD);
  const { session } = await granted('web', 'openid');
  const [notice] = (await services.sessions.inspect(session.id))?.session.notices ?? [];
  assert.ok(notice && dialect.tell);
  const gone = { ...notice, client: 'spa' };
  assert.match((await dialect.tell(session, gone)) ?? '', /no backchannel_logout_uri/);
  assert.match((await dialect.tell(session, { ...notice, client: 'x' })) ?? '', /no backchannel/);
});

test('a receiver is an http or https URL without fragment', () => {
  const accepts = (backchannel_logout_uri: unknown) =>
    schema.safeParse({ clients: [{ ...WEB_CLIENT, backchannel_logout_uri }] }).success;
  assert.ok(accepts('https://app.example/out?x=1'));
  assert.ok(accepts('http://127.0.0.1:9/'));
  for (const bad of ['app.example', 'ftp://a.example/', 'https://a.example/#x', '/out', 7]) {
    assert.equal(accepts(bad), false, String(bad));
  }
});
