/**
 * Session tokens for sessions that were opened elsewhere.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { CredentialAsk } from '../dialect.ts';
import { ORIGIN } from '../world.testing.ts';
import { FINGERPRINT, OTHER_CLIENT, openStage, type Stage } from './idaas.testing.ts';
import { SLOT_LAST } from './shape.ts';

async function openElsewhere({ services, people }: Stage, realm = 'alpha') {
  const { subject } = people.ada;
  const epoch = await services.sessions.epoch(realm, subject);
  const opened = await services.sessions.open({ realm, subject, epoch, origin: 'native' });
  return 'session' in opened ? opened.session : assert.fail(opened.refused);
}

test('a session from elsewhere gets a session token for one device', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const { dialect, bearer, refresh } = stage;
  const session = await openElsewhere(stage);
  const ask: CredentialAsk = { application: null, device: FINGERPRINT, origin: ORIGIN };

  const outcome = await dialect.credential(session, ask);
  assert.ok('credential' in outcome);
  const { session_token, expire } = outcome.credential;
  assert.equal(expire, 1800, 'the session’s own idle time is shorter');
  assert.deepEqual(Object.keys(outcome.credential), ['session_token', 'expire']);
  const renewed = await refresh(await bearer(), String(session_token));
  assert.equal(renewed.status, 200);
  assert.equal(renewed.json.expire, 1800);

  const named = { ...ask, application: OTHER_CLIENT.client_id };
  const other = await dialect.credential(session, named);
  assert.ok('credential' in other);
  const token = String(other.credential.session_token);
  assert.equal((await refresh(await bearer(), token)).status, 400);
  assert.equal((await refresh(await bearer(OTHER_CLIENT), token)).status, 200);

  assert.ok('fault' in (await dialect.credential(session, { ...ask, device: null })));
  assert.ok('fault' in (await dialect.credential(session, { ...ask, device: '' })));
  assert.ok('fault' in (await dialect.credential(session, { ...ask, application: 'nobody' })));
  const beta = await openElsewhere(stage, 'beta');
  assert.ok('fault' in (await dialect.credential(beta, ask)));
  const none = await openStage({ tenant_clients: [] });
  assert.ok('fault' in (await none.dialect.credential(await openElsewhere(none), ask)));
});

test('beyond the last slot that a session token can name, none is handed out', async () => {
  const stage = await openStage();
  const { dialect, services } = stage;
  const session = await openElsewhere(stage);
  const ask: CredentialAsk = { application: null, device: FINGERPRINT, origin: ORIGIN };
  for (let slot = 1; slot < SLOT_LAST; slot++) {
    const ask = { application: 'other', facts: {} };
    const child = await services.sessions.addChild(session, ask, 'other');
    assert.ok('token' in child);
    await services.sessions.endPart(session, slot, { reason: 'signed_out', by: 'user' });
  }
  const stale = (await services.sessions.inspect(session.id))?.session ?? session;
  assert.ok('credential' in (await dialect.credential(stale, ask)));
  // The record that the caller holds says that there is room; the store knows better.
  const late = await dialect.credential(stale, ask);
  assert.deepEqual(late, { refused: 'limit_reached', limit: 'grants' });
  const current = (await services.sessions.inspect(session.id))?.session ?? session;
  assert.equal(current.grants.filter(({ end }) => end === null).length, 1);
  assert.deepEqual(await dialect.credential(current, ask), late);
  assert.deepEqual((await services.sessions.inspect(session.id))?.session, current);
});
