/**
 * What other dialects are told of a bearer's access token.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HOUR } from '../../engine/engine.testing.ts';
import { openStage, SPA, VERIFIER } from './oauth.testing.ts';

test('an access token leads to its session, its application and its scope', async () => {
  const { granted, dialect } = await openStage();
  const { json, session } = await granted('web', 'read write');
  const access = await dialect.readAccessToken?.(json.access_token, 'alpha');
  assert.equal(access?.session.id, session.id);
  assert.equal(access.client, 'web');
  assert.deepEqual(access.scope, ['read', 'write']);
});

test('nothing else does', async () => {
  const { granted, dialect, services, clock } = await openStage({}, { realms: ['beta'] });
  const { json, session } = await granted('web', 'openid read');
  const read = async (text: string, realm = 'alpha') => dialect.readAccessToken?.(text, realm);
  assert.ok(await read(json.access_token));
  assert.equal(await read(json.access_token, 'beta'), undefined);
  const bent = json.access_token.replace(/.$/, (end: string) => (end === 'A' ? 'B' : 'A'));
  for (const text of ['', 'x', json.refresh_token, json.id_token, bent]) {
    assert.equal(await read(text), undefined, text);
  }
  const why = { reason: 'signed_out', by: 'user' } as const;
  await services.sessions.endSession(session, why);
  assert.equal(await read(json.access_token), undefined, 'it ended with its session');
  const later = await granted();
  clock.advance(HOUR);
  assert.equal(await read(later.json.access_token), undefined, 'it has expired');
});

test('a token in use is evidence that its owner has it', async () => {
  const { granted, dialect, refresh, clock } = await openStage();
  const { json } = await granted('spa');
  const proof = { ...SPA, code_verifier: VERIFIER };
  const { json: next } = await refresh(json.refresh_token, proof);
  clock.advance(30_000);
  assert.equal((await refresh(json.refresh_token, proof)).status, 200, 'an honest retry');
  assert.ok(await dialect.readAccessToken?.(next.access_token, 'alpha'));
  assert.equal((await refresh(json.refresh_token, proof)).status, 400, 'is none any more');
});
