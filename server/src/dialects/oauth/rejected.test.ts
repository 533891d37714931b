/**
 * What the host finds: in the words of OAuth for programs, on a page for people.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { wireRequest } from '../world.testing.ts';
import { assertSoundPage } from './browser.testing.ts';
import { BASE, openStage } from './oauth.testing.ts';

/** As browsers go to a page. */
const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'Accept-Language': 'ar' };

test('a person who meets the host meets a page', async () => {
  const { dialect } = await openStage();
  const ask = { path: `${BASE}/authorize/sign-in`, headers: HTML };
  const busy = dialect.reject('unavailable', wireRequest({ ...ask, body: '' }));
  assertSoundPage(busy);
  assert.equal(busy.status, 503);
  assert.equal(busy.headers['Retry-After'], '1');
  assert.equal(busy.headers['Content-Language'], 'ar');
  // As a browser does that was closed on the page.
  const reloaded = dialect.reject('method_not_allowed', wireRequest(ask));
  assertSoundPage(reloaded);
  assert.match(reloaded.body, /Required Method: POST found: GET/);
});

test('programs, and endpoints where no person comes, keep to JSON', async () => {
  const { dialect } = await openStage();
  for (const [path, headers] of [
    [`${BASE}/authorize`, { Accept: '*/*' }],
    [`${BASE}/authorize`, {}],
    // Some clients accept HTML by default.
    [`${BASE}/access_token`, { Accept: 'text/html, image/gif, *; q=.2, */*; q=.2' }],
  ] as const) {
    const {
      status,
      headers: sent,
      body,
    } = dialect.reject('unavailable', wireRequest({ path, headers }));
    assert.equal(status, 503);
    assert.equal(sent['Content-Type'], 'application/json;charset=UTF-8');
    assert.equal(JSON.parse(body).error, 'temporarily_unavailable');
  }
});
