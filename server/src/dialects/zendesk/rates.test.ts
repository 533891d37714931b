/**
 * How often a caller may call.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../engine/engine.testing.ts';
import { movableClock } from '../world.testing.ts';
import { createRates } from './rates.ts';
import { API_TOKEN, basic, ME, openStage } from './zendesk.testing.ts';

const LIMIT = { rate_limit: 3 };

test('answers 429 beyond the limit, until the minute is over', async () => {
  const stage = await openStage(LIMIT);
  const { cookie } = await stage.browser();
  const ask = () => stage.send({ path: `${ME}/session/renew`, headers: { cookie } });
  for (const remaining of ['2', '1', '0']) {
    const { status, headers } = await ask();
    assert.equal(status, 200);
    assert.deepEqual(
      [headers['x-rate-limit'], headers['x-rate-limit-remaining'], headers['ratelimit-remaining']],
      ['3', remaining, remaining],
    );
    assert.equal(headers['retry-after'], undefined, 'clients take it for an error');
  }
  stage.clock.advance(15 * SECOND);
  const { status, headers, body } = await ask();
  assert.equal(status, 429);
  assert.equal(body, JSON.stringify(RATE_LIMIT_BODY));
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual([headers['retry-after'], headers['ratelimit-reset']], ['45', '45']);
  assert.equal(headers['x-rate-limit-remaining'], '0');
  stage.clock.advance(45 * SECOND - 1);
  assert.equal((await ask()).headers['retry-after'], '1');
  stage.clock.advance(1);
  assert.equal((await ask()).headers['x-rate-limit-remaining'], '2');
});

const RATE_LIMIT_BODY = {
  error: 'APIRateLimitExceeded',
  description: 'Number of allowed API requests per minute exceeded',
};

test('counts every caller apart', async () => {
  const stage = await openStage(LIMIT);
  const [one, other] = [await stage.browser(), await stage.browser()];
  const callers = [
    { headers: { cookie: one.cookie } },
    { headers: { cookie: other.cookie } },
    { headers: { authorization: basic('ada@example.com', stage.people.ada.password) } },
    { headers: { authorization: basic('ada@example.com/token', API_TOKEN) } },
    { headers: { authorization: basic('grace@example.com/token', API_TOKEN) } },
    { headers: { authorization: (await stage.bearer()).authorization } },
    { headers: {} },
    { headers: {}, address: '192.0.2.7' },
  ];
  for (let turn = 0; turn < 5; turn++) {
    for (const [at, caller] of callers.entries()) {
      const { status } = await stage.send({ path: ME, ...caller });
      assert.equal(status, turn < 3 ? 200 : 429, `caller ${at}`);
    }
  }
});

test('whoever speaks for many is one caller', async () => {
  const stage = await openStage(LIMIT);
  const app = await stage.bearer('root', { scope: ['read', 'impersonate'] });
  const callers = [basic('root@example.com', stage.people.root.password), app.authorization];
  for (const authorization of callers) {
    const statuses: number[] = [];
    for (const behalf of ['ada', 'grace', undefined, 'root']) {
      const headers = { authorization, 'X-On-Behalf-Of': behalf };
      statuses.push((await stage.send({ path: ME, headers })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 429]);
  }
});

test('whoever is refused is counted by address', async () => {
  const stage = await openStage(LIMIT);
  const statuses: number[] = [];
  for (const secret of ['a', 'b', 'c', 'd']) {
    const headers = { authorization: basic('ada@example.com/token', secret) };
    statuses.push((await stage.send({ path: ME, headers })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429]);
});

test('a caller beyond the limit is not signed out by it', async () => {
  const stage = await openStage(LIMIT);
  const { cookie, csrf, session } = await stage.browser();
  const headers = { cookie, 'X-CSRF-Token': csrf };
  for (let turn = 0; turn < 4; turn++) await stage.send({ path: ME, headers });
  const logout = { method: 'DELETE', path: `${ME}/logout`, headers };
  assert.equal((await stage.send(logout)).status, 429);
  assert.equal((await stage.services.sessions.inspect(session.id))?.end, null);
});

test('no limit, and no headers that speak of one', async () => {
  const stage = await openStage({ rate_limit: 0 });
  const { cookie } = await stage.browser();
  for (let turn = 0; turn < 50; turn++) {
    const { status, headers } = await stage.send({ path: ME, headers: { cookie } });
    assert.equal(status, 200);
    assert.ok(!Object.keys(headers).some((name) => name.includes('rate')));
  }
});

test('keeps no more callers than it may, and forgets the quietest first', () => {
  const clock = movableClock(0);
  const rates = createRates(clock, 10, 3);
  for (const caller of ['a', 'b', 'c', 'a', 'd']) rates.take(caller);
  const left = (caller: string) => rates.take(caller).headers['x-rate-limit-remaining'];
  assert.deepEqual([left('a'), left('c'), left('b')], ['7', '8', '9']);
});

test('a clock that was set back keeps nobody out', () => {
  let now = 10 * MINUTE;
  const clock = { ...movableClock(0), now: () => now };
  const rates = createRates(clock, 1);
  rates.take('a');
  assert.equal(rates.take('a').isSpent, true);
  now = 0;
  assert.equal(rates.take('a').isSpent, false);
});
