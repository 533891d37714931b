/**
 * Logout by the client: what ends a session, and what ends nothing.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { BASE, openStage } from '../oauth.testing.ts';

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
