/**
 * Access tokens in either format: what one can do the other can.
 */

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE, CLIENTS, claimsOf, openStage, SPA, WEB } from './oauth.testing.ts';

async function openOpaque() {
  const clients = CLIENTS.map((client) => ({ ...client, access_token_format: 'opaque' }));
  const [web, ...others] = clients;
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials'];
  const stage = await openStage({ clients: [{ ...web, grant_types }, ...others] });
  const userinfo = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await stage.send({ path: `${BASE}/userinfo`, headers })).status;
  };
  const introspect = async (token: string) =>
    (await stage.post('/introspect', { token, ...WEB })).json;
  return { ...stage, userinfo, introspect };
}

test('an opaque token says nothing, and is good for all that a JWT is', async () => {
  const { granted, userinfo, introspect, post, refresh, dialect, clock } = await openOpaque();
  const { json, session } = await granted('web', 'openid edit');
  const text = json.access_token;
  assert.match(text, /^lamp_at_[\w-]+$/);
  assert.ok(!Buffer.from(text.slice('lamp_at_'.length), 'base64url').includes('edit'));
  assert.equal(await userinfo(text), 200);
  const seen = await introspect(text);
  assert.deepEqual([seen.active, seen.scope, seen.expires_in], [true, 'openid edit', 900]);
  const read = await dialect.readAccessToken?.(text, 'alpha');
  assert.equal(read?.session.id, session.id);
  const digest = createHash('sha256').update(text).digest();
  const { at_hash } = claimsOf(json.id_token);
  assert.equal(at_hash, digest.subarray(0, 16).toString('base64url'));

  const narrow = await refresh(json.refresh_token, { ...WEB, scope: 'edit' });
  assert.equal((await introspect(narrow.json.access_token)).scope, 'edit');
  assert.equal((await introspect(text)).active, true, 'the one before lives until it expires');
  await post('/token/revoke', { token: text, ...WEB });
  assert.deepEqual(await introspect(text), { active: false });
  assert.equal(await userinfo(text), 401);
  assert.equal((await introspect(narrow.json.access_token)).active, true);
  clock.advance(900_000);
  assert.deepEqual(await introspect(narrow.json.access_token), { active: false });
});

test('a retry gets the very same opaque token', async () => {
  const { granted, refresh, clock } = await openOpaque();
  const { json } = await granted('spa', 'edit');
  const tabs = Array.from({ length: 20 }, () => refresh(json.refresh_token, SPA));
  const texts = (await Promise.all(tabs)).map((tab) => tab.json.access_token);
  clock.advance(30_000);
  texts.push((await refresh(json.refresh_token, SPA)).json.access_token);
  assert.equal(new Set(texts).size, 1);
  assert.match(texts[0], /^lamp_at_/);
});

test("a client's own token can be opaque as well", async () => {
  const { token, introspect } = await openOpaque();
  const { json } = await token({ grant_type: 'client_credentials', scope: 'read', ...WEB });
  const seen = await introspect(json.access_token);
  assert.deepEqual([seen.active, seen.sub, seen.scope], [true, 'web', 'read']);
});

test('whoever changes a letter has no token, and costs no read', async () => {
  const { granted, introspect, store } = await openOpaque();
  const { json } = await granted('web', 'edit');
  const text: string = json.access_token;
  store.read = () => assert.fail('read');
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(...'Aa0_-.'), async (place, letter) => {
      const at = place % text.length;
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      if (changed !== text) assert.deepEqual(await introspect(changed), { active: false });
    }),
  );
});
