/**
 * The dialect against golden exchanges, the host's rejections, and hostile requests.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Rejection } from '../dialect.ts';
import { testExchanges } from '../exchange.testing.ts';
import { assertWithstands } from '../hostile.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { API_TOKEN, basic, ME, openSupport } from './zendesk.testing.ts';

testExchanges(new URL('exchanges/', import.meta.url), async () => openSupport());

test('says what the host found in the words of Zendesk', async () => {
  const { dialect } = await openSupport();
  const wire = wireRequest({ path: `${ME}/nothing` });
  const statuses: Record<Rejection, number> = {
    no_such_path: 404,
    method_not_allowed: 405,
    body_too_large: 413,
    headers_too_large: 431,
    malformed_request: 400,
    timed_out: 408,
    unavailable: 503,
    internal_error: 500,
  };
  for (const [rejection, status] of Object.entries(statuses) as [Rejection, number][]) {
    const answer = dialect.reject(rejection, wire);
    assert.equal(answer.status, status);
    assert.ok(JSON.parse(answer.body).error, 'clients crash on an empty one');
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
  }
});

test('withstands what no honest client sends', async () => {
  const support = await openSupport();
  const { cookie, csrf } = await support.browser();
  const authorization = basic('ada@example.com/token', API_TOKEN);
  const bait = {
    headers: ['X-CSRF-Token', 'X-Zendesk-Renew-Session', 'X-On-Behalf-Of'],
    parameters: ['page[size]', 'per_page'],
    fields: ['user'],
    values: [cookie, csrf, authorization, basic('ada/token', 'x'), basic('\0', '\ud800')],
  };
  await assertWithstands(support.dialect, bait, (status, body) => {
    if (status >= 400) assert.ok(JSON.parse(body).error);
  });
});
