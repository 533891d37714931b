/**
 * Consent: who is asked, what the answer does, and for how long it is remembered.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { POLICY } from '../../../sessions/sessions.testing.ts';
import { openBrowser, type Shown } from '../browser.testing.ts';
import { BASE, CALLBACK, CLIENTS, COOKIE, openStage } from '../oauth.testing.ts';

const QUERY = {
  response_type: 'code',
  client_id: 'asks-first',
  redirect_uri: CALLBACK,
  scope: 'openid read',
  state: 's1',
};

const ADA = { username: 'ada', password: 'let-there-be-light-1' };
const SAVE = { save_consent: 'on' };

async function openStreet(...settings: Parameters<typeof openStage>) {
  const stage = await openStage(...settings);
  const browser = openBrowser(stage.send);
  const { text } = await stage.signIn();
  browser.cookies.set(COOKIE, text);
  const authorize = (more: Record<string, string> = {}) =>
    browser.open({ path: `${BASE}/authorize`, query: { ...QUERY, ...more } });
  const allow = (page: Shown, filled: Record<string, string> = {}) =>
    browser.submit(page, filled, ['decision', 'allow']);
  return { ...stage, browser, text, authorize, allow };
}

function said({ status, headers, body }: Shown) {
  assert.equal(status, 303, body);
  return new URL(String(headers.Location)).searchParams;
}

test('a person is asked in words, and the client hears what they said', async () => {
  const scope_descriptions = { read: { en: 'read <everything>', ar: 'قراءة كل شيء' } };
  const { authorize, allow, browser, events } = await openStreet({ scope_descriptions });
  const page = await authorize();
  assert.equal(page.status, 200);
  assert.match(page.body, /<h1>asks-first asks for access<\/h1>/);
  assert.match(page.body, /You are signed in as Ada Lamp\./);
  assert.match(page.body, /know who you are/);
  assert.match(page.body, /read &lt;everything&gt;/);
  assert.match((await authorize({ ui_locales: 'ar' })).body, /قراءة كل شيء/);
  assert.ok(!events.some(({ event }) => event === 'ticket_issued'));
  const denied = said(await browser.submit(page, {}, ['decision', 'deny']));
  assert.deepEqual([denied.get('error'), denied.get('state')], ['access_denied', 's1']);
  const neither = said(await browser.submit(page));
  assert.equal(neither.get('error'), 'access_denied', 'no button is no consent');
  const answered = said(await allow(page));
  assert.ok(answered.get('code'));
  assert.equal(answered.get('scope'), 'openid read');
  assert.equal((await authorize()).status, 200, 'it was not to be remembered');
});

test('a consent is remembered for its scope and its client, while the session lasts', async () => {
  const { authorize, allow, browser, signIn } = await openStreet();
  said(await allow(await authorize({ scope: 'read' }), SAVE));
  assert.equal((await authorize({ scope: 'read' })).status, 302);
  const wider = await authorize();
  assert.equal(wider.status, 200, 'more scope is asked about');
  said(await allow(wider, SAVE));
  for (const scope of ['openid', 'read', 'openid read']) {
    assert.equal((await authorize({ scope })).status, 302, scope);
  }
  assert.equal((await authorize({ prompt: 'none' })).status, 302);
  assert.equal((await authorize({ prompt: 'consent' })).status, 200);
  browser.cookies.set(COOKIE, (await signIn()).text);
  assert.equal((await authorize()).status, 200, 'another session');
});

test('scripts can have a consent remembered in AM’s way', async () => {
  const { send, text, authorize } = await openStreet();
  const form = { ...QUERY, csrf: text, decision: 'allow', save_consent: 'on' };
  const body = new URLSearchParams(form);
  const answer = await send({ path: `${BASE}/authorize`, body, headers: { [COOKIE]: text } });
  assert.equal(answer.status, 302);
  assert.equal((await authorize()).status, 302);
});

test('prompt=consent asks even where the operator has consented, prompt=none never does', async () => {
  const { authorize, allow } = await openStreet();
  const web = { client_id: 'web' };
  assert.equal((await authorize(web)).status, 302);
  const page = await authorize({ ...web, prompt: 'consent' });
  assert.ok(said(await allow(page)).get('code'));
  const silent = await authorize({ prompt: 'none' });
  assert.match(String(silent.headers.Location), /error=consent_required/);
});

test('a sign-in and a consent follow each other, also when both were asked for', async () => {
  const { authorize, allow, browser } = await openStreet();
  for (const prompt of ['login', 'login consent']) {
    const page = await browser.submit(await authorize({ prompt }), ADA);
    assert.match(page.body, /asks for access/);
    assert.ok(said(await allow(page)).get('code'), prompt);
  }
});

test('nobody else can consent: another site, another browser, another person', async () => {
  const { authorize, allow, browser, send, text, signIn, people, events } = await openStreet();
  const page = await authorize();
  const form = page.forms[0]?.fields[0]?.value ?? '';
  const path = `${BASE}/authorize/consent`;
  const mine = `${COOKIE}=${text}`;
  for (const [fields, Cookie] of [
    [{ form, decision: 'allow' }, mine],
    [{ form, decision: 'allow' }, `${mine}; lamp_form=${'x'.repeat(24)}`],
    [{ decision: 'allow' }, `${mine}; lamp_form=${browser.cookies.get('lamp_form')}`],
  ] as const) {
    const answer = await send({ path, body: new URLSearchParams(fields), headers: { Cookie } });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.Location, undefined);
  }
  browser.cookies.set(COOKIE, (await signIn(people.grace)).text);
  const asked = await allow(page);
  assert.match(asked.body, /asks for access/, 'grace is asked herself');
  browser.cookies.delete(COOKIE);
  assert.match((await allow(page)).body, /name="password"/);
  assert.ok(!events.some(({ event }) => event === 'ticket_issued'));
});

test('a page that was open for too long asks again', async () => {
  const { authorize, allow, clock } = await openStreet();
  const page = await authorize();
  clock.advance(15 * 60_000);
  const again = await allow(page);
  assert.equal(again.status, 200);
  assert.ok(said(await allow(again)).get('code'));
});

test('where a session has no room, the consent counts and is not remembered', async () => {
  const limits = { ...POLICY.limits, properties: 0 };
  const { authorize, allow } = await openStreet({}, { policy: { limits } });
  const none = await authorize({ scope: 'read' });
  const answer = said(await allow(none, SAVE));
  assert.ok(answer.get('code') ?? answer.get('error'));
  assert.equal((await authorize({ scope: 'read' })).status, 200);
});

test('whatever stands in the property, nobody has consented by it', async () => {
  const { authorize, services, browser } = await openStreet();
  const token = services.readSessionToken(browser.cookies.get(COOKIE) ?? '');
  assert.ok(token);
  for (const value of ['x', '[]', 'null', '{"asks-first":"openid read"}', '{"asks-first":7}']) {
    await services.sessions.setFacts(token, 'alpha', { 'oauth consents': value });
    assert.equal((await authorize()).status, 200, value);
  }
});

test('a client that pushes its request pushes no word of the person', async () => {
  const { post, send, text } = await openStreet();
  const [, , asking] = CLIENTS;
  const proof = { client_id: 'asks-first', client_secret: asking?.client_secret ?? '' };
  const its = { decision: 'allow', csrf: text, save_consent: 'on' };
  const ask = async (word: Record<string, string>) => {
    const { json } = await post('/par', { ...QUERY, ...proof, ...its });
    const { request_uri } = json;
    const body = new URLSearchParams({ client_id: 'asks-first', request_uri, ...word });
    return send({ path: `${BASE}/authorize`, body, headers: { Cookie: `${COOKIE}=${text}` } });
  };
  const isAsked = async () => (await ask({})).body.includes('asks for access');
  assert.ok(await isAsked(), 'its decision is none');
  const decided = await ask({ decision: 'allow', csrf: text });
  assert.match(String(decided.headers.Location), /[?&]code=/);
  assert.ok(await isAsked(), 'nobody wanted it to be remembered');
  await ask(its);
  assert.ok(!(await isAsked()), 'a script did');
});
