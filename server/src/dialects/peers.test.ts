/**
 * What dialects may ask of each other.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Dialect } from './dialect.ts';
import { openPeers } from './peers.ts';
import { prefixed } from './shapes.ts';
import { openWorld } from './world.testing.ts';

const one = prefixed('one', 'lamp_one_');
const two = prefixed('two', 'lamp_two_');

function dialect(
  name: string,
  read?: Dialect['readSessionToken'],
  realm: string | null = null,
): Dialect {
  return {
    name,
    hosts: [],
    realm,
    prefixes: [],
    routes: [],
    reject: () => ({ status: 404, headers: {}, body: '' }),
    credential: async () => ({ credential: { from: name, realm: realm ?? 'every' } }),
    ...(read && { readSessionToken: read }),
  };
}

test('reads a token of whichever dialect wrote it, those that join later included', async () => {
  const { services } = await openWorld();
  const ask = { realm: 'alpha', subject: 'ada', epoch: 0, origin: 'one' };
  const opened = await services.sessions.open(ask);
  assert.ok(!('refused' in opened));
  const text = two.write(services.sessions.token(opened.session, 'two'));
  const peers = openPeers();
  peers.join(dialect('none'));
  peers.join(dialect('one', one.read));
  assert.equal(peers.readSessionToken(text), undefined);
  peers.join(dialect('two', two.read));
  assert.equal(peers.readSessionToken(text)?.kind, 'two');
  assert.equal(peers.readSessionToken('lamp_two_'), undefined);
  const portal = { application: null, device: null, origin: '' };
  const given = await peers.credential('two', opened.session, portal);
  assert.deepEqual(given, { credential: { from: 'two', realm: 'every' } });
  assert.equal(await peers.credential('three', opened.session, portal), undefined);
});

test('of several instances of a dialect, the one that serves the realm gives the credential', async () => {
  const { services } = await openWorld({ realms: ['beta', 'gamma'] });
  const sessionIn = async (realm: string) => {
    const opened = await services.sessions.open({ realm, subject: 'x', epoch: 0, origin: 'one' });
    return 'refused' in opened ? assert.fail(opened.refused) : opened.session;
  };
  const peers = openPeers();
  const portal = { application: null, device: null, origin: '' };
  const given = async (name: string, realm: string) =>
    peers.credential(name, await sessionIn(realm), portal);
  const from = (name: string, realm: string) => ({ credential: { from: name, realm } });
  peers.join(dialect('desk', undefined, 'alpha'));
  peers.join(dialect('desk', undefined, 'beta'));
  peers.join(dialect('door', undefined, 'beta'));
  peers.join(dialect('hall'));
  assert.deepEqual(await given('desk', 'alpha'), from('desk', 'alpha'));
  assert.deepEqual(await given('desk', 'beta'), from('desk', 'beta'));
  assert.deepEqual(await given('hall', 'gamma'), from('hall', 'every'));
  assert.deepEqual(await given('desk', 'gamma'), from('desk', 'alpha'), 'which says why not');
  assert.equal(await given('room', 'alpha'), undefined);
});
