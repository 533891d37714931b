/**
 * The form post response mode: every answer to the client comes as a form, and nowhere else.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { WireAnswer } from '../../dialect.ts';
import { openBrowser } from '../browser.testing.ts';
import { BASE, CALLBACK, COOKIE, ISSUER, openStage } from '../oauth.testing.ts';

const QUERY = {
  response_type: 'code',
  response_mode: 'form_post',
  client_id: 'web',
  redirect_uri: CALLBACK,
  scope: 'edit',
  state: '"><script>alert(1)</script>',
};

async function openStreet() {
  const stage = await openStage();
  const browser = openBrowser(stage.send);
  const authorize = (more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    browser.open({ path: `${BASE}/authorize`, query: { ...QUERY, ...more }, headers });
  return { ...stage, browser, authorize };
}

const policyOf = ({ headers }: WireAnswer) => String(headers['Content-Security-Policy']);

test('a code is posted to the client, by a script of ours or by hand', async () => {
  const { authorize, signIn, browser, exchange } = await openStreet();
  browser.cookies.set(COOKIE, (await signIn()).text);
  const page = await authorize({ ui_locales: 'ar' });
  assert.equal(page.status, 200);
  assert.equal(page.headers.Location, undefined);
  assert.match(page.body, /<button>متابعة<\/button>/);
  assert.match(page.body, /<script src="\/am\/oauth2\/pages\/submit\.js"><\/script>/);
  assert.equal(page.body.match(/<script/g)?.length, 1, 'the state is no script');
  assert.match(policyOf(page), /; script-src 'self'; frame-ancestors 'none';/);
  const [form] = page.forms;
  assert.equal(form?.action, CALLBACK);
  const posted = new Map(form?.fields.map(({ name, value }) => [name, value]));
  assert.deepEqual([...posted.keys()], ['code', 'state', 'iss', 'client_id', 'scope']);
  assert.equal(posted.get('state'), QUERY.state);
  assert.equal(posted.get('iss'), ISSUER);
  assert.equal((await exchange(posted.get('code') ?? '')).status, 200);
});

test('so are errors, and what comes of the sign-in page', async () => {
  const { authorize, browser } = await openStreet();
  const silent = await authorize({ prompt: 'none' });
  const named = Object.fromEntries(
    silent.forms[0]?.fields.map((one) => [one.name, one.value]) ?? [],
  );
  assert.equal(named.error, 'login_required');
  assert.equal(named.iss, ISSUER);
  const bad = await authorize({ scope: 'root' });
  assert.equal(bad.forms[0]?.fields[0]?.value, 'invalid_scope');
  const signIn = await authorize();
  assert.doesNotMatch(policyOf(signIn), /script-src/);
  assert.doesNotMatch(signIn.body, /<script/);
  const ada = { username: 'ada', password: 'let-there-be-light-1' };
  const page = await browser.submit(signIn, ada);
  assert.equal(page.forms[0]?.fields[0]?.name, 'code');
  assert.ok(browser.cookies.has(COOKIE));
});

test('nothing is posted to whom it is not proven', async () => {
  const { authorize } = await openStreet();
  const asks: Record<string, string>[] = [
    { redirect_uri: 'https://evil.example/' },
    { client_id: 'nobody' },
  ];
  for (const more of asks) {
    const page = await authorize(more);
    assert.equal(page.status, 400);
    assert.deepEqual(page.forms, []);
    assert.ok(!page.body.includes('evil.example'));
  }
});

test('the script is a file of its own', async () => {
  const { send } = await openStreet();
  const { status, headers, body } = await send({ path: '/am/oauth2/pages/submit.js' });
  assert.equal(status, 200);
  assert.equal(headers['Content-Type'], 'text/javascript;charset=UTF-8');
  assert.equal(body, 'document.forms[0].submit();\n');
});
