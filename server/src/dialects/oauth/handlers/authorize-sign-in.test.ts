/**
 * Signing in on the way to a client: the page, who may post it, and what comes of it.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireAnswer } from '../../dialect.ts';
import { openBrowser, type Shown } from '../browser.testing.ts';
import { BASE, CALLBACK, CLIENTS, COOKIE, claimsOf, ISSUER, openStage } from '../oauth.testing.ts';
import { sessionShape as TOKEN } from '../shape.ts';

const PATH = `${BASE}/authorize`;
const ADA = { username: 'ada', password: 'let-there-be-light-1' };
const GRACE = { username: 'grace', password: 'keep-the-lamp-lit-2' };

const QUERY = {
  response_type: 'code',
  client_id: 'web',
  redirect_uri: CALLBACK,
  scope: 'openid edit',
  state: 'a b&"<c>',
  nonce: 'n1',
};

async function openStreet(...settings: Parameters<typeof openStage>) {
  const stage = await openStage(...settings);
  const browser = openBrowser(stage.send);
  const authorize = (more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    browser.open({ path: PATH, query: { ...QUERY, ...more }, headers });
  /** Who the cookie says is signed in. */
  const held = async () => {
    const token = TOKEN.read(browser.cookies.get(COOKIE) ?? '');
    return token && stage.services.sessions.inspectToken(token);
  };
  return { ...stage, browser, authorize, held };
}

function arrived(answer: WireAnswer) {
  assert.equal(answer.status, 303, answer.body);
  const location = new URL(String(answer.headers.Location));
  assert.equal(location.origin + location.pathname, CALLBACK);
  return location.searchParams;
}

test('a person signs in, and goes on to the client with everything it sent', async () => {
  const { browser, authorize, exchange, held, events } = await openStreet();
  const page = await authorize();
  assert.equal(page.status, 200);
  assert.match(page.body, /to continue to web/);
  assert.doesNotMatch(page.body, /role="alert"/);
  const fields = page.forms[0]?.fields.map(({ name, type }) => [name, type]);
  assert.deepEqual(fields, [
    ['form', 'hidden'],
    ['username', 'text'],
    ['password', 'password'],
  ]);
  const answer = await browser.submit(page, ADA);
  const answered = arrived(answer);
  assert.deepEqual([...answered.keys()], ['code', 'state', 'iss', 'client_id', 'scope']);
  assert.equal(answered.get('state'), QUERY.state);
  assert.equal(answered.get('iss'), ISSUER);
  const { status, json } = await exchange(answered.get('code') ?? '');
  assert.equal(status, 200);
  const { nonce, acr, amr } = claimsOf(json.id_token);
  assert.deepEqual([nonce, acr, amr], ['n1', '1', ['pwd']]);
  const found = await held();
  assert.deepEqual([found?.session.subject, found?.session.origin], ['ada', 'oauth']);
  assert.equal(events.filter(({ event }) => event === 'session_opened').length, 1);
  const again = await authorize();
  assert.equal(again.status, 302, 'the cookie is good for the next client');
});

test('the cookie is as the options say', async () => {
  for (const [options, origin, traits] of [
    [{}, 'http://127.0.0.1:8080', 'Path=/; HttpOnly; SameSite=Lax'],
    [{}, 'https://id.example', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ same_site: 'None' }, 'https://id.example', 'Path=/; Secure; HttpOnly; SameSite=None'],
  ] as const) {
    const stage = await openStage(options);
    const browser = openBrowser((ask) => stage.send({ ...ask, origin }));
    const page = await browser.open({ path: PATH, query: QUERY });
    const [formCookie] = [page.headers['Set-Cookie'] ?? []].flat();
    assert.match(
      formCookie ?? '',
      origin.startsWith('https') ? /^__Host-lamp_form=/ : /^lamp_form=/,
    );
    const answer = await browser.submit(page, ADA);
    const [line = ''] = [answer.headers['Set-Cookie'] ?? []].flat();
    assert.match(line, /^iPlanetDirectoryPro=lamp_oa_[\w-]{50}; /);
    assert.equal(line.slice(line.indexOf('; ') + 2), traits);
  }
});

test('the cookie holds the token of the dialect that the options name, where it is on', async () => {
  const { services, join, send } = await openStage({ cookie_dialect: 'sesame' });
  join({
    ...{ name: 'sesame', hosts: [], realm: null, prefixes: [], routes: [] },
    readSessionToken: (text) =>
      text.startsWith('sesame:') ? TOKEN.read(text.slice('sesame:'.length)) : undefined,
    reject: () => assert.fail(),
    credential: async (session) => {
      const token = `sesame:${TOKEN.write(services.sessions.token(session, 'oauth'))}`;
      return { credential: { number: 7, where: 'a cookie', token } };
    },
  });
  const browser = openBrowser(send);
  await browser.submit(await browser.open({ path: PATH, query: QUERY }), ADA);
  assert.match(browser.cookies.get(COOKIE) ?? '', /^sesame:lamp_oa_/);
  assert.equal((await browser.open({ path: PATH, query: QUERY })).status, 302);
});

test('a wrong password and an unknown name are told the same, and may try again', async () => {
  const { browser, authorize, held } = await openStreet();
  const told: string[] = [];
  let page: Shown = await authorize({ login_hint: 'ada' });
  assert.match(page.body, /value="ada"/);
  for (const typed of [
    { username: 'ada', password: 'let-there-be-dark-1' },
    { username: 'nobody', password: 'let-there-be-dark-1' },
    { username: '"><script>', password: 'x' },
    { username: 'ada', password: '' },
    { username: '', password: '' },
  ]) {
    page = await browser.submit(page, typed);
    assert.equal(page.status, 400);
    const alert = /<div role="alert" id="alert"><p>(.*?)<\/p>/.exec(page.body)?.[1];
    told.push(alert ?? '');
    assert.equal(page.forms[0]?.fields[1]?.value, typed.username);
    assert.equal(page.forms[0]?.fields[2]?.value, '', 'a password is never sent back');
    assert.ok(page.body.indexOf('role="alert"') < page.body.indexOf('<label'));
    assert.equal(page.body.match(/aria-invalid="true" aria-describedby="alert"/g)?.length, 2);
  }
  assert.deepEqual([...new Set(told)], ['The user name or the password is wrong.']);
  assert.equal(await held(), undefined);
  assert.ok(arrived(await browser.submit(page, ADA)).get('code'));
});

test('a lock and an old password have words of their own', async () => {
  const locked = await openStreet({}, { lockout: { failures: 2, forMs: 90_000 } });
  let page: Shown = await locked.authorize();
  for (const _ of [1, 2]) {
    page = await locked.browser.submit(page, { username: 'ada', password: 'wrong-wrong' });
  }
  const shut = await locked.browser.submit(page, ADA);
  assert.equal(shut.status, 429);
  assert.equal(shut.headers['Retry-After'], '90');
  assert.match(shut.body, /Too many attempts have failed\. Try again in 2 minutes\./);
  const old = await openStreet({}, { passwordAge: { maxMs: 1000 } });
  old.clock.advance(2000);
  const told = await old.browser.submit(await old.authorize({ ui_locales: 'ar' }), ADA);
  assert.match(told.body, /انتهت صلاحية كلمة المرور/);
  assert.equal(old.browser.cookies.has(COOKIE), false);
});

test('a realm that allows no more sessions says so', async () => {
  const policy = { quota: { sessions: 1, whenReached: 'deny' as const } };
  const { signIn, browser, authorize } = await openStreet({}, { policy });
  await signIn();
  const answer = await browser.submit(await authorize(), ADA);
  assert.match(answer.body, /signed in at too many places/);
});

test('the form is good in the browser that got it alone', async () => {
  const { authorize, send, browser, held } = await openStreet();
  const page = await authorize();
  const form = page.forms[0]?.fields[0]?.value ?? '';
  const path = `${PATH}/sign-in`;
  const other = openBrowser(send);
  const theirs = await other.open({ path: PATH, query: QUERY });
  const theirForm = theirs.forms[0]?.fields[0]?.value ?? '';
  const own = `lamp_form=${browser.cookies.get('lamp_form')}`;
  const forged: [Record<string, string>, string | undefined][] = [
    [{ ...ADA, form }, undefined],
    [{ ...ADA, form }, 'lamp_form='],
    [{ ...ADA, form }, `lamp_form=${other.cookies.get('lamp_form')}`],
    [{ ...ADA, form: theirForm }, own],
    [{ ...ADA }, own],
    [{ ...ADA, form: `${form}A` }, own],
    [{ ...ADA, form: form.slice(0, -1) }, own],
    [{ ...ADA, form: '__proto__' }, own],
  ];
  for (const [fields, Cookie] of forged) {
    const answer = await send({ path, body: new URLSearchParams(fields), headers: { Cookie } });
    assert.equal(answer.status, 400);
    assert.match(answer.body, /<code>bad_request<\/code>/);
    assert.equal(answer.headers['Set-Cookie'], undefined);
    assert.equal(answer.headers.Location, undefined);
  }
  assert.equal(await held(), undefined);
  const beside = { path, body: new URLSearchParams({ ...ADA, form }) };
  const Cookie = `lamp_form=${'x'.repeat(24)}; ${own}`;
  assert.equal((await send({ ...beside, headers: { Cookie } })).status, 303, 'beside another');
});

test('no character of a form can be changed', async () => {
  const { authorize, send, browser } = await openStreet();
  const page = await authorize();
  const form = page.forms[0]?.fields[0]?.value ?? '';
  const headers = { Cookie: `lamp_form=${browser.cookies.get('lamp_form')}` };
  await fc.assert(
    fc.asyncProperty(
      fc.nat(form.length - 1),
      fc.constantFrom('A', 'b', '-', '0'),
      async (at, by) => {
        fc.pre(form[at] !== by);
        const body = new URLSearchParams({
          ...ADA,
          form: form.slice(0, at) + by + form.slice(at + 1),
        });
        const { status } = await send({ path: `${PATH}/sign-in`, body, headers });
        assert.equal(status, 400);
      },
    ),
    { numRuns: 60 },
  );
});

test('a page that was open for too long asks again, and signs nobody in', async () => {
  const { browser, authorize, clock, held } = await openStreet();
  const page = await authorize();
  clock.advance(15 * 60_000);
  const again = await browser.submit(page, ADA);
  assert.equal(again.status, 400);
  assert.match(again.body, /open for too long/);
  assert.equal(await held(), undefined);
  assert.ok(arrived(await browser.submit(again, ADA)).get('code'));
});

test('two tabs of one browser can both be used', async () => {
  const { browser, authorize } = await openStreet();
  const [one, two] = [await authorize({ state: '1' }), await authorize({ state: '2' })];
  assert.equal(arrived(await browser.submit(one, ADA)).get('state'), '1');
  assert.equal(arrived(await browser.submit(two, ADA)).get('state'), '2');
});

test('prompt=login keeps the session of the same person, and opens one for another', async () => {
  const { browser, authorize, held, clock, exchange } = await openStreet();
  await browser.submit(await authorize(), ADA);
  const first = await held();
  clock.advance(120_000);
  const asks: Record<string, string>[] = [
    { prompt: 'login' },
    { prompt: 'select_account' },
    { max_age: '60' },
  ];
  for (const more of asks) {
    const page = await authorize(more);
    assert.equal(page.status, 200, JSON.stringify(more));
    const code = arrived(await browser.submit(page, ADA)).get('code') ?? '';
    const { json } = await exchange(code);
    assert.equal(claimsOf(json.id_token).auth_time, Math.floor(clock.now() / 1000));
    assert.equal((await held())?.session.id, first?.session.id);
    clock.advance(120_000);
  }
  const other = await browser.submit(await authorize({ prompt: 'login' }), GRACE);
  assert.ok(arrived(other).get('code'));
  assert.equal((await held())?.session.subject, 'grace');
  assert.notEqual((await held())?.session.id, first?.session.id);
});

test('a hint of who ought to be signed in is held to', async () => {
  const { browser, authorize, exchange } = await openStreet();
  const code = arrived(await browser.submit(await authorize(), ADA)).get('code') ?? '';
  const { json } = await exchange(code);
  const hint = { id_token_hint: json.id_token };
  assert.equal((await authorize(hint)).status, 302);
  await browser.submit(await authorize({ prompt: 'login' }), GRACE);
  const silent = await authorize({ ...hint, prompt: 'none' });
  assert.match(String(silent.headers.Location), /error=login_required/);
  const page = await authorize(hint);
  assert.equal(page.status, 200);
  const wrong = await browser.submit(page, GRACE);
  assert.equal(arrived(wrong).get('error'), 'login_required', 'and is not asked for ever');
  const bad = await authorize({ id_token_hint: json.access_token });
  assert.match(String(bad.headers.Location), /error=invalid_request/);
});

test('the page speaks the language that is asked for', async () => {
  const { authorize } = await openStreet();
  const arabic = await authorize({ ui_locales: 'fr ar' });
  assert.match(arabic.body, /<html lang="ar" dir="rtl">/);
  assert.match(arabic.body, /كلمة المرور/);
  const browser = await authorize({}, { 'Accept-Language': 'ar-SA,en;q=0.5' });
  assert.equal(browser.headers['Content-Language'], 'ar');
  const problem = await authorize({ client_id: 'nobody', ui_locales: 'ar' });
  assert.equal(problem.headers['Content-Language'], 'ar');
});

test('an application is called by the name that people know', async () => {
  const [web] = CLIENTS;
  const { authorize } = await openStreet({ clients: [{ ...web, client_name: 'Mail & <More>' }] });
  assert.match((await authorize()).body, /to continue to Mail &amp; &lt;More&gt;/);
});

test('a request that is too long for a page goes back to the client', async () => {
  const { authorize } = await openStreet();
  const answer = await authorize({ x: 'x'.repeat(17_000) });
  assert.match(String(answer.headers.Location), /error=invalid_request/);
});

test('what is wrong with the request stays so on the way through the page', async () => {
  const stage = await openStreet();
  const page = await stage.authorize();
  // The client is gone from the config while the page was open.
  const without = await openStage({ clients: CLIENTS.slice(1) });
  assert.equal((await without.send({ path: `${PATH}/sign-in`, method: 'POST' })).status, 400);
  const answer = await without.send({
    path: `${PATH}/sign-in`,
    body: new URLSearchParams({ ...ADA, form: page.forms[0]?.fields[0]?.value ?? '' }),
    headers: { Cookie: `lamp_form=${stage.browser.cookies.get('lamp_form')}` },
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.Location, undefined);
});
