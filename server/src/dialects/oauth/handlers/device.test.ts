/**
 * The device flow (RFC 8628): what the device hears, what its person sees, and that a code makes one
 * grant.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { openBrowser, type Shown } from '../browser.testing.ts';
import {
  BASE,
  CHALLENGE,
  CLIENTS,
  COOKIE,
  type Form,
  ISSUER,
  openStage,
  VERIFIER,
} from '../oauth.testing.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const TV: Form = { client_id: 'television' };
const ADA = { username: 'ada', password: 'let-there-be-light-1' };
const USER = `${BASE}/device/user`;

async function openHome(...settings: Parameters<typeof openStage>) {
  const stage = await openStage(...settings);
  const browser = openBrowser(stage.send);
  const begin = async (more: Form = {}) => {
    const { status, json } = await stage.post('/device/code', { ...TV, scope: 'openid', ...more });
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  };
  const poll = (code: string, more: Form = {}) =>
    stage.token({ grant_type: GRANT, device_code: code, ...TV, ...more });
  const go = (query: Record<string, string> = {}) => browser.open({ path: USER, query });
  /** Signed in before, the code typed: the page that asks for the decision. */
  const arrive = async (userCode: string) => {
    browser.cookies.set(COOKIE, (await stage.signIn()).text);
    return browser.submit(await go(), { user_code: userCode });
  };
  const decide = (page: Shown, decision: 'allow' | 'deny') =>
    browser.submit(page, {}, ['decision', decision]);
  return { ...stage, browser, begin, poll, go, arrive, decide };
}

test('a device gets its codes as the standard and AM have them', async () => {
  const { post } = await openHome();
  const { status, json, headers } = await post('/device/code', { ...TV, scope: 'openid edit' });
  assert.equal(status, 200);
  assert.equal(headers['Cache-Control'], 'no-store');
  const { device_code, user_code, ...rest } = json;
  assert.match(device_code, /^lamp_dc_[\w-]{60,}$/);
  assert.match(user_code, /^[234567ACDEFGHJKLMNPQRSTWXYZabcdefhijkmnopqrstwxyz]{8}$/);
  assert.deepEqual(rest, {
    verification_uri: `${ISSUER}/device/user`,
    verification_url: `${ISSUER}/device/user`,
    verification_uri_complete: `${ISSUER}/device/user?user_code=${user_code}`,
    interval: 5,
    expires_in: 300,
  });
});

test('codes are for clients that are registered for them, and scopes for those that have them', async () => {
  const { post } = await openHome();
  const errorFor = async (form: Form) => (await post('/device/code', form)).json.error;
  const web = { client_id: 'web', client_secret: 'web-secret', scope: 'edit' };
  assert.equal(await errorFor(web), 'unauthorized_client');
  assert.equal(await errorFor({ ...web, client_secret: 'x' }), 'invalid_client');
  assert.equal(await errorFor({ ...TV, scope: 'root' }), 'invalid_scope');
  assert.equal(await errorFor(TV), 'invalid_scope');
  assert.equal(await errorFor({ ...TV, scope: 'edit', code_challenge: 'x' }), 'invalid_request');
});

test('a person signs in, types the code, allows it, and the device is connected', async () => {
  const { begin, poll, browser, go, clock, refresh, services } = await openHome();
  const { device_code, user_code } = await begin({ scope: 'openid profile offline_access edit' });
  const signIn = await go();
  assert.match(signIn.body, /to continue to your device/);
  const entry = await browser.submit(signIn, ADA);
  assert.equal(entry.status, 200);
  assert.ok(browser.cookies.has(COOKIE));
  const typed = ` ${user_code.slice(0, 4)}-${user_code.slice(4)} `;
  const confirm = await browser.submit(entry, { user_code: typed });
  assert.match(confirm.body, /Living Room &lt;TV&gt; will be signed in as you/);
  assert.match(confirm.body, /You are signed in as Ada Lamp\./, 'as whom');
  assert.match(confirm.body, new RegExp(`<p class="code">${user_code}</p>`));
  for (const words of ['know who you are', 'see your name', 'stay connected', '>edit<']) {
    assert.ok(confirm.body.includes(words), words);
  }
  const before = await poll(device_code);
  assert.deepEqual([before.status, before.json.error], [400, 'authorization_pending']);
  const done = await browser.submit(confirm, {}, ['decision', 'allow']);
  assert.match(done.body, /The device is connected/);
  clock.advance(5000);
  const { status, json } = await poll(device_code);
  assert.equal(status, 200);
  assert.equal(json.scope, 'openid profile offline_access edit');
  assert.ok(json.id_token && json.access_token);
  assert.equal((await refresh(json.refresh_token, TV)).status, 200);
  const page = await services.sessions.list('alpha', 'ada', 10);
  assert.deepEqual(
    page.sessions.map(({ session }) => session.grants.map(({ client }) => client)),
    [['television']],
    'the grant hangs on the session of the person who allowed it',
  );
});

test('a link with the code fills it in, and still asks', async () => {
  const { begin, go, poll, browser } = await openHome();
  const { device_code, user_code } = await begin();
  const entry = await browser.submit(await go({ user_code, ui_locales: 'ar' }), ADA);
  assert.equal(entry.headers['Content-Language'], 'ar');
  assert.equal(entry.forms[0]?.fields[1]?.value, user_code);
  const confirm = await browser.submit(entry);
  assert.match(confirm.body, /هل تريد ربط هذا الجهاز؟/);
  assert.equal((await poll(device_code)).json.error, 'authorization_pending');
});

test('what a person denies stays denied', async () => {
  const { begin, poll, arrive, decide, clock } = await openHome();
  const { device_code, user_code } = await begin();
  const page = await arrive(user_code);
  assert.match((await decide(page, 'deny')).body, /The device is not connected/);
  assert.match((await decide(page, 'allow')).body, /The code has expired/);
  for (const _ of [1, 2]) {
    clock.advance(5000);
    const { status, json } = await poll(device_code);
    assert.deepEqual([status, json.error], [400, 'access_denied']);
  }
});

test('a device that asks too often has to slow down', async () => {
  const { begin, poll, clock } = await openHome();
  const { device_code } = await begin();
  const errors: string[] = [];
  for (const waitMs of [0, 5000, 4000, 10_000, 9600, 9000, 15_000]) {
    clock.advance(waitMs);
    errors.push((await poll(device_code)).json.error);
  }
  const [pending, slow] = ['authorization_pending', 'slow_down'];
  assert.deepEqual(errors, [pending, pending, slow, pending, pending, slow, pending]);
});

test('codes expire, for the device and for the person', async () => {
  const { begin, poll, arrive, clock, browser, go } = await openHome();
  const { device_code, user_code } = await begin();
  const page = await arrive(user_code);
  clock.advance(300_000);
  const { status, json } = await poll(device_code);
  assert.deepEqual([status, json.error], [400, 'expired_token']);
  const late = await browser.submit(page, {}, ['decision', 'allow']);
  assert.match(late.body, /The code has expired/);
  const unknown = await browser.submit(await go(), { user_code });
  assert.equal(unknown.status, 400);
  assert.match(unknown.body, /There is no such code/);
});

test('a lost answer is given again, until the token was used', async () => {
  const { begin, poll, arrive, decide, refresh } = await openHome();
  const { device_code, user_code } = await begin();
  await decide(await arrive(user_code), 'allow');
  const first = await poll(device_code);
  const again = await poll(device_code);
  assert.equal(again.status, 200);
  assert.equal(again.json.refresh_token, first.json.refresh_token);
  assert.equal((await refresh(first.json.refresh_token, TV)).status, 200);
  const late = await poll(device_code);
  assert.deepEqual([late.status, late.json.error], [400, 'invalid_grant']);
});

test('20 questions at once make one grant', async () => {
  const { begin, poll, arrive, decide, services } = await openHome();
  const { device_code, user_code } = await begin();
  await decide(await arrive(user_code), 'allow');
  const answers = await Promise.all(Array.from({ length: 20 }, () => poll(device_code)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const tokens = answers.map(({ json }) => json.refresh_token);
  assert.equal(new Set(tokens).size, 1);
  const [only] = (await services.sessions.list('alpha', 'ada', 10)).sessions;
  const alive = [...(only?.partEnds.values() ?? [])].filter((end) => end === null);
  assert.equal(alive.length, 1);
});

test('however many questions at once, the session gets one grant', async () => {
  const { begin, poll, arrive, decide, refresh, services } = await openHome();
  const { device_code, user_code } = await begin();
  await decide(await arrive(user_code), 'allow');
  const answers = await Promise.all(Array.from({ length: 300 }, () => poll(device_code)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const [only] = (await services.sessions.list('alpha', 'ada', 10)).sessions;
  assert.equal(only?.session.grants.length, 1);
  assert.equal((await refresh(answers[0]?.json.refresh_token, TV)).status, 200);
});

test('the code of another client, a forged one, and one of another realm are no good', async () => {
  const television = CLIENTS.filter(({ client_id }) => client_id === 'television');
  const others = television.flatMap((client) => [
    { ...client, client_id: 'radio' },
    { ...client, realm: 'beta' },
  ]);
  const clients = [...CLIENTS, ...others];
  const { begin, poll, token, send } = await openHome({ clients }, { realms: ['beta'] });
  const { device_code } = await begin();
  const other = await token({ grant_type: GRANT, device_code, client_id: 'radio' });
  assert.equal(other.json.error, 'invalid_grant');
  assert.match(other.json.error_description, /issued to a different client/);
  for (const code of [`${device_code}A`, device_code.slice(0, -1), 'lamp_dc_', 'x', '__proto__']) {
    const { status, json } = await poll(code);
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
  }
  const missing = await token({ grant_type: GRANT, ...TV });
  assert.equal(missing.json.error, 'invalid_request');
  const path = `${BASE.replace('alpha', 'beta')}/access_token`;
  const body = new URLSearchParams({ grant_type: GRANT, device_code, ...TV });
  assert.equal(JSON.parse((await send({ path, body })).body).error, 'invalid_grant');
});

test('a short code that comes again is another device', async () => {
  const { begin, poll, arrive, decide, clock, services } = await openHome();
  const { random } = services;
  const bytes = random.bytes.bind(random);
  // Every letter of a short code is drawn as one byte.
  Object.assign(random, {
    bytes: (length: number) => (length === 1 ? Buffer.of(7) : bytes(length)),
  });
  const first = await begin();
  const page = await arrive(first.user_code);
  clock.advance(300_000);
  const second = await begin();
  assert.equal(second.user_code, first.user_code);
  assert.equal((await poll(first.device_code)).json.error, 'expired_token');
  assert.match((await decide(page, 'allow')).body, /The code has expired/);
  assert.equal((await poll(second.device_code)).json.error, 'authorization_pending');
});

test('AM’s old name of the grant type, and PKCE, are understood', async () => {
  const { begin, poll, arrive, decide } = await openHome();
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const { device_code, user_code } = await begin(pkce);
  await decide(await arrive(user_code), 'allow');
  const grant_type = 'http://oauth.net/grant_type/device/1.0';
  for (const wrong of [{}, { code_verifier: `${VERIFIER}x` }] as Form[]) {
    assert.equal((await poll(device_code, { grant_type, ...wrong })).json.error, 'invalid_grant');
  }
  assert.equal((await poll(device_code, { grant_type, code_verifier: VERIFIER })).status, 200);
  const plain = await begin();
  const verified = await poll(plain.device_code, { code_verifier: VERIFIER });
  assert.equal(verified.json.error, 'invalid_grant', 'a verifier without a challenge');
});

test('a device whose person has signed out meanwhile gets nothing', async () => {
  const { begin, poll, arrive, decide, services } = await openHome();
  const { device_code, user_code } = await begin();
  await decide(await arrive(user_code), 'allow');
  await services.sessions.endSubject('alpha', 'ada', { reason: 'signed_out', by: 'user' });
  const { status, json } = await poll(device_code);
  assert.deepEqual([status, json.error], [400, 'invalid_grant']);
  assert.match(json.error_description, /the session ended/);
});

test('nobody else can post the decision, nor a person who was not asked', async () => {
  const { begin, arrive, send, browser, signIn, people, poll, decide } = await openHome();
  const { device_code, user_code } = await begin();
  const page = await arrive(user_code);
  const form = page.forms[0]?.fields[0]?.value ?? '';
  const path = `${USER}/decision`;
  const session = `${COOKIE}=${browser.cookies.get(COOKIE)}`;
  for (const Cookie of [session, `${session}; lamp_form=${'x'.repeat(24)}`]) {
    const body = new URLSearchParams({ form, decision: 'allow' });
    assert.equal((await send({ path, body, headers: { Cookie } })).status, 400);
  }
  const forged = new URLSearchParams({ user_code, decision: 'allow' });
  for (const more of [{}, { csrf: 'x' }] as Form[]) {
    const body = new URLSearchParams({ ...Object.fromEntries(forged), ...more });
    assert.equal((await send({ path: USER, body, headers: { Cookie: session } })).status, 400);
  }
  const mine = browser.cookies.get(COOKIE) ?? '';
  browser.cookies.set(COOKIE, (await signIn(people.grace)).text);
  assert.equal((await decide(page, 'allow')).status, 400);
  assert.equal((await poll(device_code)).json.error, 'authorization_pending');
  browser.cookies.set(COOKIE, mine);
  assert.equal((await decide(page, 'allow')).status, 200);
});

test('scripts may decide in AM’s way, with the session token as the proof', async () => {
  for (const decision of ['allow', 'deny']) {
    const { begin, poll, signIn, send } = await openHome();
    const { device_code, user_code } = await begin();
    const { text } = await signIn();
    const body = new URLSearchParams({ user_code, decision, csrf: text });
    const headers = { [COOKIE]: text };
    assert.equal((await send({ path: USER, body, headers })).status, 200);
    assert.equal((await send({ path: USER, body, headers })).status, 400, 'once');
    assert.equal((await poll(device_code)).status, decision === 'allow' ? 200 : 400);
  }
});

test('whoever guesses at codes has to wait', async () => {
  const { begin, browser, go, signIn, send } = await openHome({}, { lockout: { failures: 3 } });
  const { user_code } = await begin();
  const { text } = await signIn();
  browser.cookies.set(COOKIE, text);
  let page = await go();
  for (const guess of ['aaaaaaaa', '__proto__', 'x'.repeat(5000)]) {
    page = await browser.submit(page, { user_code: guess });
    assert.equal(page.status, 400);
  }
  page = await browser.submit(page, { user_code });
  assert.equal(page.status, 429);
  assert.ok(Number(page.headers['Retry-After']) > 0);
  const body = new URLSearchParams({ user_code, decision: 'allow', csrf: text });
  assert.equal((await send({ path: USER, body, headers: { [COOKIE]: text } })).status, 400);
});

test('guesses that were not looked at lock nobody out anywhere else', async () => {
  const lockout = { failures: 1, failuresAnywhere: 2 };
  const { begin, signIn, send } = await openHome({}, { lockout });
  const { user_code } = await begin();
  const { text } = await signIn();
  const decide = (user_code: string, address: string) => {
    const body = new URLSearchParams({ user_code, decision: 'allow', csrf: text });
    return send({ path: USER, body, headers: { [COOKIE]: text }, address });
  };
  for (const guess of ['aaaaaaaa', 'aaaaaaac', 'aaaaaaad']) await decide(guess, '192.0.2.1');
  assert.equal((await decide(user_code, '192.0.2.1')).status, 400, 'locked');
  assert.equal((await decide(user_code, '198.51.100.1')).status, 200);
});

test('a device leaves no secret in the store', async () => {
  const { begin, arrive, decide, poll, store } = await openHome();
  const { device_code, user_code } = await begin();
  const kept: string[] = [];
  const commit = store.commit.bind(store);
  store.commit = (writes) => {
    for (const write of writes) kept.push(JSON.stringify(write));
    return commit(writes);
  };
  await decide(await arrive(user_code), 'allow');
  const { json } = await poll(device_code);
  assert.ok(kept.length > 0);
  for (const secret of [device_code, user_code, json.refresh_token, json.access_token]) {
    assert.ok(!kept.join().includes(secret));
  }
});
