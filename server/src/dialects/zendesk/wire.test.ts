/**
 * The dialect against golden exchanges, the host's rejections, and a store that is down.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { StoreFault } from '../../stores/store.ts';
import type { Rejection } from '../dialect.ts';
import { testEndpoints, testErrors, testExchanges, testMarks } from '../exchange.testing.ts';
import { wireRequest } from '../world.testing.ts';
import { API_TOKEN, basic, ME, openStage } from './zendesk.testing.ts';

const EXCHANGES = new URL('exchanges/', import.meta.url);

testExchanges(EXCHANGES, async (file) =>
  openStage(file === 'rate-limit.http' ? { rate_limit: 2 } : {}),
);

testMarks(EXCHANGES);

testErrors(EXCHANGES, new URL('errors.ts', import.meta.url), /error: ["']([^"']+)/g);

testEndpoints(EXCHANGES, async () => {
  const { routes } = (await openStage()).dialect;
  return routes.filter(({ path }) => !path.endsWith('.json'));
});

test('says what the host found in the words of Zendesk', async () => {
  const { dialect } = await openStage();
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

test('a store that is down is no verdict on a session', async () => {
  const stage = await openStage();
  const { cookie } = await stage.browser();
  const { read } = stage.store;
  stage.store.read = () => Promise.reject(new StoreFault('down'));
  const { password } = stage.people.ada;
  for (const path of [`${ME}/session/renew`, `${ME}/session`, `${ME}/logout`]) {
    for (const headers of [
      { cookie },
      { authorization: basic('ada@example.com', password) },
      { authorization: basic('ada@example.com/token', API_TOKEN) },
    ]) {
      await assert.rejects(stage.send({ path, headers }), StoreFault);
      const answer = stage.dialect.reject('unavailable', wireRequest({ path, headers }));
      assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '1']);
      assert.deepEqual(JSON.parse(answer.body), {
        error: { title: 'Service Unavailable', message: 'Please try again in a moment.' },
      });
      assert.equal(answer.headers['Set-Cookie'], undefined);
    }
  }
  stage.store.read = read;
  assert.equal((await stage.send({ path: `${ME}/session`, headers: { cookie } })).status, 200);
});
