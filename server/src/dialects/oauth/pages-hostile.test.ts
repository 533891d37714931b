/**
 * Browsers that hold genuine forms and cookies, and then send anything: every answer is below 500,
 * every page is sound, and nobody is led to where no client is registered.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireAnswer } from '../dialect.ts';
import { drawSeed } from '../hostile.testing.ts';
import { request } from '../world.testing.ts';
import { assertSoundPage, openBrowser, type Shown } from './browser.testing.ts';
import {
  BASE,
  CALLBACK,
  CHALLENGE,
  CLIENTS,
  COOKIE,
  type Form,
  openStage,
} from './oauth.testing.ts';

const HOME = 'https://app.example/bye';
const REGISTERED = [CALLBACK, 'https://spa.example/', HOME];

const PATHS = [
  ...['/authorize', '/authorize/sign-in', '/authorize/consent', '/connect/endSession'],
  ...['/connect/endSession/confirm', '/device/user', '/device/user/sign-in'],
  ...['/device/user/decision', '/device/code'],
];

const NAMES = [
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce'],
  ...['prompt', 'max_age', 'ui_locales', 'login_hint', 'id_token_hint', 'claims', 'code_challenge'],
  ...['code_challenge_method', 'form', 'username', 'password', 'decision', 'csrf', 'save_consent'],
  ...['user_code', 'post_logout_redirect_uri', 'logout_hint', 'request_uri', 'realm', '__proto__'],
];

/** The destination of a redirect or of a form, where it leads away from this server. */
function leavesFor({ headers, body }: WireAnswer): string | undefined {
  const posted = /<form method="post" action="(https?:[^"]*)"/.exec(body)?.[1];
  return headers.Location === undefined ? posted : String(headers.Location);
}

test('whatever a browser sends, it is led nowhere that is not registered', async (context) => {
  const clients = CLIENTS.map((client) => ({ ...client, post_logout_redirect_uris: [HOME] }));
  const lockout = { failures: 1000, failuresAnywhere: 1000 };
  const { dialect, send, signIn, granted, post, people } = await openStage(
    { clients },
    { lockout },
  );
  const browser = openBrowser(send);
  const { text } = await signIn();
  const { json } = await granted('web', 'openid');
  const device = (await post('/device/code', { client_id: 'television', scope: 'openid' })).json;
  const genuine: { readonly path: string; readonly form: string }[] = [];
  const keep = (page: Shown) => {
    const [form] = page.forms;
    const path = form?.action.slice(BASE.length) ?? assert.fail(page.body);
    genuine.push({ path, form: form?.fields[0]?.value ?? assert.fail(page.body) });
    return page;
  };
  const collect = async (path: string, query: Record<string, string>) => {
    const headers = { Accept: 'text/html' };
    return keep(await browser.open({ path: BASE + path, query, headers }));
  };
  const asked = { response_type: 'code', redirect_uri: CALLBACK, scope: 'read', state: 's' };
  await collect('/authorize', { ...asked, client_id: 'asks-first' });
  await collect('/device/user', { user_code: device.user_code });
  browser.cookies.set(COOKIE, text);
  await collect('/authorize', { ...asked, client_id: 'asks-first' });
  await collect('/connect/endSession', { client_id: 'web', post_logout_redirect_uri: HOME });
  const entry = await collect('/device/user', {});
  keep(await browser.submit(entry, { user_code: device.user_code }));
  const forms = genuine.map(({ form }) => form);

  const evil = fc.constantFrom(
    ...['https://evil.example/', '//evil.example', `${CALLBACK}.evil.example`, `${CALLBACK}/../x`],
    ...['javascript:alert(1)', 'https://spa.example/?page=2', `${HOME}#`, 'HTTP://127.0.0.1:9999'],
  );
  const honest = fc.constantFrom(
    ...['web', 'spa', 'asks-first', 'television', CALLBACK, HOME, 'code', 'none', 'form_post'],
    ...['query', 'openid read', 'read', 'login', 'consent', 'none', '0', 'ar', 'en', 'S256'],
    ...['ada', people.ada.password, 'allow', 'deny', 'on', CHALLENGE, text, json.id_token],
    ...[device.user_code, '{"userinfo":{"name":null}}', '"><script>x</script>', 'x'.repeat(20_000)],
  );
  const value = fc.oneof(honest, evil, fc.constantFrom(...forms), fc.string({ unit: 'binary' }));
  const cookies = [...browser.cookies].map((pair) => pair.join('='));
  const asks = fc.record({
    where: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...genuine) },
      fc.record({ path: fc.constantFrom(...PATHS), form: fc.constantFrom(...forms) }),
    ),
    isPost: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, fc.constant(false)),
    start: fc.constantFrom<Form>(
      ...[{}, { decision: 'allow' }, { username: 'ada', password: people.ada.password }],
      ...['web', 'spa'].map((client_id) => ({ ...asked, client_id })),
    ),
    fields: fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 }),
    Cookie: fc.oneof(fc.constant(cookies), fc.subarray(cookies)).map((some) => some.join('; ')),
    Accept: fc.constantFrom('text/html', '*/*'),
  });

  const met = new Set<number>();
  await fc.assert(
    fc.asyncProperty(asks, async ({ where: { path, form }, isPost, start, fields, ...headers }) => {
      const sent = new URLSearchParams({ ...start, form, ...fields });
      const ask = isPost ? { body: sent } : { query: Object.fromEntries(sent) };
      const answer = await request(dialect, { path: BASE + path, headers, ...ask });
      const { status, body } = answer;
      met.add(status);
      assert.ok(status >= 200 && status < 500, `${status} ${body}`);
      if (body.startsWith('<!DOCTYPE')) assertSoundPage(answer);
      const target = leavesFor(answer);
      if (target === undefined) return;
      const { origin, pathname, hash } = new URL(target);
      assert.ok(REGISTERED.includes(origin + pathname) && hash === '', `led to ${target}`);
    }),
    { numRuns: 1500, seed: drawSeed(context) },
  );
  for (const status of [200, 302, 303, 400]) assert.ok(met.has(status), `never met ${status}`);
});
