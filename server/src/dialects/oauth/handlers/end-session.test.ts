/**
 * Logout by the client: what ends a session, and what ends nothing.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openBrowser } from '../browser.testing.ts';
import { BASE, CALLBACK, CLIENTS, COOKIE, ISSUER, openStage } from '../oauth.testing.ts';

const PATH = `${BASE}/connect/endSession`;

test('a genuine id_token_hint ends its session, expired or not, once and again', async () => {
  for (const wait of [0, 2 * 3_600_000]) {
    const { granted, send, refresh, clock, services } = await openStage({}, { lifeMs: 86_400_000 });
    const { json, session } = await granted('web', 'openid offline_access');
    clock.advance(wait);
    const query = { id_token_hint: json.id_token };
    for (const answer of [
      await send({ path: PATH, query }),
      await send({ path: PATH, query }),
      await send({ path: PATH, body: new URLSearchParams(query) }),
    ]) {
      assert.equal(answer.status, 204);
      assert.equal(answer.body, '');
    }
    const found = await services.sessions.inspect(session.id);
    assert.equal(found?.end?.reason, wait === 0 ? 'signed_out' : 'idle_timeout');
    assert.equal((await refresh(json.refresh_token)).status, 400);
  }
});

test('anything else ends nothing', async () => {
  const { granted, send, services } = await openStage();
  const { json, session } = await granted('web', 'openid');
  const [head, body] = json.id_token.split('.');
  for (const hint of [
    undefined,
    'x',
    json.access_token,
    json.refresh_token,
    `${head}.${body}.`,
    services.keyring.sign({ aud: 'web', sid: session.id }, 'JWT'),
    services.keyring.sign({ aud: 'nobody', sid: session.id, at_hash: 'x' }, 'JWT'),
  ]) {
    const query: Record<string, string> = hint === undefined ? {} : { id_token_hint: hint };
    const answer = await send({ path: PATH, query });
    assert.equal(answer.status, 400);
    assert.equal(JSON.parse(answer.body).error, 'invalid_request');
  }
  assert.equal((await services.sessions.inspect(session.id))?.end, null);
});

/** As a browser that goes there, and not a script. */
const HTML = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };
const HOME = 'https://app.example/bye?from=lamp';
const [WEB_CLIENT] = CLIENTS;
const WITH_HOME = {
  clients: [{ ...WEB_CLIENT, post_logout_redirect_uris: [HOME] }, ...CLIENTS.slice(1)],
};

async function openStreet(worldOptions: Parameters<typeof openStage>[1] = {}) {
  const stage = await openStage(WITH_HOME, worldOptions);
  const browser = openBrowser(stage.send);
  const go = (query: Record<string, string> = {}, headers: Record<string, string> = HTML) =>
    browser.open({ path: PATH, query, headers });
  const endOf = async (id: string) => (await stage.services.sessions.inspect(id))?.end?.reason;
  return { ...stage, browser, go, endOf };
}

test('with a hint the browser goes home at once, signed out', async () => {
  const { granted, browser, go, endOf, textOf } = await openStreet();
  const { json, session } = await granted('web', 'openid');
  browser.cookies.set(COOKIE, textOf(session));
  const hint = { id_token_hint: json.id_token };
  const answer = await go({ ...hint, post_logout_redirect_uri: HOME, state: 'a&b' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.Location, `${HOME}&state=a%26b`);
  assert.equal(browser.cookies.has(COOKIE), false);
  assert.equal(await endOf(session.id), 'signed_out');
  const page = await go(hint);
  assert.equal(page.status, 200);
  assert.match(page.body, /<h1>You are signed out<\/h1>/);
  const script = await go({ ...hint, client_id: 'web' }, {});
  assert.equal(script.status, 204);
});

test('a hint ends the later sign-in of the same person too, and nobody else’s', async () => {
  const { granted, signIn, people, browser, go, endOf, textOf } = await openStreet();
  const { json } = await granted('web', 'openid');
  const later = await signIn();
  const grace = await signIn(people.grace);
  browser.cookies.set(COOKIE, textOf(grace.session));
  await go({ id_token_hint: json.id_token });
  assert.equal(await endOf(grace.session.id), undefined);
  assert.ok(browser.cookies.has(COOKIE), 'grace stays signed in');
  browser.cookies.set(COOKIE, later.text);
  await go({ id_token_hint: json.id_token });
  assert.equal(await endOf(later.session.id), 'signed_out');
  assert.equal(browser.cookies.has(COOKIE), false);
});

test('without a hint the person is asked, and may stay', async () => {
  const { signIn, browser, go, endOf } = await openStreet();
  const { session, text } = await signIn();
  browser.cookies.set(COOKIE, text);
  const query = { client_id: 'web', post_logout_redirect_uri: HOME, state: 's', ui_locales: 'ar' };
  const page = await go(query);
  assert.equal(page.status, 200);
  assert.match(page.body, /آدا لامب/);
  assert.equal(await endOf(session.id), undefined, 'a link ends nothing');
  const kept = await browser.submit(page, {}, ['decision', 'deny']);
  assert.match(kept.body, /ما زلت مسجّل الدخول/);
  assert.equal(await endOf(session.id), undefined);
  await browser.submit(page);
  assert.equal(await endOf(session.id), undefined, 'without a button nothing is decided');
  const done = await browser.submit(page, {}, ['decision', 'allow']);
  assert.equal(done.headers.Location, `${HOME}&state=s`);
  assert.equal(await endOf(session.id), 'signed_out');
  assert.equal(browser.cookies.has(COOKIE), false);
  const again = await go();
  assert.match(again.body, /You are signed out/, 'there is nobody to be asked');
});

test('no other site can post the form, nor another form', async () => {
  const { signIn, browser, go, endOf, send } = await openStreet();
  const { session, text } = await signIn();
  browser.cookies.set(COOKIE, text);
  const page = await go();
  const form = page.forms[0]?.fields[0]?.value ?? '';
  const cookies = `${COOKIE}=${text}`;
  const path = `${PATH}/confirm`;
  const post = (fields: Record<string, string>, Cookie: string) =>
    send({ path, body: new URLSearchParams(fields), headers: { Cookie } });
  const own = `${cookies}; lamp_form=${browser.cookies.get('lamp_form')}`;
  const signInPage = await browser.open({
    path: `${BASE}/authorize`,
    query: { client_id: 'web', response_type: 'code', scope: 'edit', prompt: 'login' },
  });
  const otherForm = signInPage.forms[0]?.fields[0]?.value ?? '';
  for (const answer of [
    await post({ decision: 'allow', form }, cookies),
    await post({ decision: 'allow' }, own),
    await post({ decision: 'allow', form: otherForm }, own),
    await send({ path: PATH, body: new URLSearchParams(), headers: { ...HTML, Cookie: own } }),
  ]) {
    assert.ok(answer.status === 400 || answer.body.includes('<form'));
    assert.equal(await endOf(session.id), undefined);
  }
  await post({ decision: 'allow', form }, own);
  assert.equal(await endOf(session.id), 'signed_out');
});

test('a browser goes nowhere that its client has not registered', async () => {
  const { granted, signIn, go, endOf } = await openStreet();
  const { json, session } = await granted('web', 'openid');
  await signIn();
  const hint = { id_token_hint: json.id_token };
  const cases: Record<string, string>[] = [
    { ...hint, post_logout_redirect_uri: `${HOME}x` },
    { ...hint, post_logout_redirect_uri: HOME.slice(0, -1) },
    { ...hint, post_logout_redirect_uri: 'https://evil.example/' },
    { ...hint, post_logout_redirect_uri: CALLBACK },
    { ...hint, client_id: 'spa' },
    { ...hint, client_id: '__proto__' },
    { post_logout_redirect_uri: HOME },
    { client_id: 'spa', post_logout_redirect_uri: HOME },
    { client_id: 'nobody' },
    { id_token_hint: 'x' },
  ];
  for (const query of cases) {
    const page = await go(query);
    assert.equal(page.status, 400, JSON.stringify(query));
    assert.equal(page.headers.Location, undefined);
    const script = await go(query, {});
    assert.equal(script.status, 400);
    assert.equal(JSON.parse(script.body).error_description.length > 0, true);
  }
  assert.equal(await endOf(session.id), undefined);
});

test('a hint of another realm is none here', async () => {
  const { services, signIn, go, endOf, browser } = await openStreet({ realms: ['beta'] });
  const { session, text } = await signIn();
  browser.cookies.set(COOKIE, text);
  const claims = { sub: 'ada', aud: 'web', sid: session.id, at_hash: 'x' };
  const of = (realm: string) =>
    services.keyring.sign({ ...claims, iss: ISSUER.replace('alpha', realm) }, 'JWT');
  assert.equal((await go({ id_token_hint: of('beta') })).status, 400);
  assert.equal(await endOf(session.id), undefined);
  assert.equal((await go({ id_token_hint: of('alpha') })).status, 200);
  assert.equal(await endOf(session.id), 'signed_out');
});

test('who signs out here stays signed in to another realm', async () => {
  const { signIn, people, go, endOf, browser, granted } = await openStreet({ realms: ['beta'] });
  const { json } = await granted('web', 'openid');
  const { session, text } = await signIn(people.ada, 'beta');
  browser.cookies.set(COOKIE, text);
  const queries: Record<string, string>[] = [
    ...[{}, { client_id: 'web' }, { id_token_hint: json.id_token }],
  ];
  for (const query of queries) {
    await go(query);
    assert.equal(browser.cookies.get(COOKIE), text, JSON.stringify(query));
  }
  assert.equal(await endOf(session.id), undefined);
});

test('a page that was left open ends whom it named, and what they have opened since', async () => {
  for (const who of ['ada', 'grace'] as const) {
    const { signIn, people, go, endOf, browser } = await openStreet();
    const first = await signIn();
    browser.cookies.set(COOKIE, first.text);
    const page = await go();
    const later = await signIn(people[who]);
    browser.cookies.set(COOKIE, later.text);
    await browser.submit(page, {}, ['decision', 'allow']);
    assert.equal(await endOf(first.session.id), 'signed_out');
    const isSame = who === 'ada';
    assert.equal(await endOf(later.session.id), isSame ? 'signed_out' : undefined);
    assert.equal(browser.cookies.has(COOKIE), !isSame, 'nobody is left behind without a cookie');
  }
});

test('a post from another site comes again as a GET, with its cookies', async () => {
  const { send, signIn } = await openStreet();
  const { text } = await signIn();
  const body = new URLSearchParams({ client_id: 'web', post_logout_redirect_uri: HOME });
  const headers = { ...HTML, 'Sec-Fetch-Site': 'cross-site' };
  const again = await send({ path: PATH, body, headers });
  assert.deepEqual([again.status, again.headers.Location], [303, `${PATH}?${body}`]);
  assert.equal(again.headers['Set-Cookie'], undefined);
  const held = await send({
    path: PATH,
    body,
    headers: { ...headers, Cookie: `${COOKIE}=${text}` },
  });
  assert.match(held.body, /Sign out\?/, 'who is there is asked');
});
