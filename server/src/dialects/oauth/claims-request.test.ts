/**
 * The `claims` parameter: what comes of it at userinfo, and what is no such parameter.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { readClaimsRequest } from './claims-request.ts';
import { BASE, locationOf, openStage } from './oauth.testing.ts';

test('claims that are asked for by name come beside those of the scope', async () => {
  const { signIn, codeOf, exchange, refresh, send } = await openStage();
  const { text } = await signIn();
  const claims = JSON.stringify({
    userinfo: { name: { essential: true }, email: null, shoe_size: null, __proto__: null },
    id_token: { auth_time: { essential: true }, acr: { values: ['1'] } },
  });
  const userinfo = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    return JSON.parse((await send({ path: `${BASE}/userinfo`, headers })).body);
  };
  const { json } = await exchange(await codeOf(text, { scope: 'openid', claims }));
  const expected = { sub: 'ada', name: 'Ada Lamp', email: 'ada@example.com' };
  assert.deepEqual(await userinfo(json.access_token), expected);
  const renewed = await refresh(json.refresh_token);
  assert.deepEqual(await userinfo(renewed.json.access_token), expected, 'and after a renewal');
  const without = await exchange(await codeOf(text, { scope: 'openid' }));
  assert.deepEqual(await userinfo(without.json.access_token), { sub: 'ada' });
});

test('a client may accept one person alone', async () => {
  const { signIn, authorize, granted } = await openStage();
  const { text } = await signIn();
  const { json } = await granted('web', 'openid');
  const errorOf = async (claims: object, more: Record<string, string> = {}) => {
    const asked = { claims: JSON.stringify(claims), ...more };
    return locationOf(await authorize(text, asked)).answered.get('error');
  };
  const errorFor = (value: string, place: string) => errorOf({ [place]: { sub: { value } } });
  assert.equal(await errorFor('ada', 'id_token'), null);
  assert.equal(await errorFor('grace', 'id_token'), 'login_required');
  assert.equal(await errorFor('grace', 'userinfo'), 'login_required');
  const [ada, grace] = [{ sub: { value: 'ada' } }, { sub: { value: 'grace' } }];
  assert.equal(await errorOf({ userinfo: ada, id_token: grace }), 'login_required');
  const hint = { id_token_hint: json.id_token };
  assert.equal(await errorOf({ id_token: ada }, hint), null);
  assert.equal(await errorOf({ id_token: grace }, hint), 'login_required', 'nobody is both');
});

test('an acr without which there is to be no answer gets none (OpenID Connect Core, 5.5.1.1)', async () => {
  const { signIn, authorize } = await openStage();
  const { text } = await signIn();
  const errorOf = async (acr: object | null) => {
    const claims = JSON.stringify({ id_token: { acr } });
    return locationOf(await authorize(text, { claims })).answered.get('error');
  };
  const unmet = 'unmet_authentication_requirements';
  assert.equal(await errorOf({ essential: true, values: ['urn:mace:silver'] }), unmet);
  assert.equal(await errorOf({ essential: true, value: '2' }), unmet);
  for (const voluntary of [
    null,
    { essential: true },
    { values: ['2'] },
    { essential: false, value: '2' },
  ]) {
    assert.equal(await errorOf(voluntary), null, JSON.stringify(voluntary));
  }
});

test('anything else is malformed, and goes back to the client', async () => {
  const { signIn, authorize } = await openStage();
  const { text } = await signIn();
  for (const claims of [
    ...['x', '[]', 'null', '1', '{"userinfo":[]}', '{"id_token":"x"}', '['.repeat(60_000)],
    '{"id_token":{"sub":{"value":1}}}',
  ]) {
    const { answered } = locationOf(await authorize(text, { claims }));
    assert.equal(answered.get('error'), 'invalid_request', claims.slice(0, 40));
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (claims) => {
      const read = readClaimsRequest(claims);
      assert.ok('error' in read || Array.isArray(read.userinfo));
    }),
  );
});
