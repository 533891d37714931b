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

function dialect(name: string, read?: Dialect['readSessionToken']): Dialect {
  return {
    name,
    prefixes: [],
    routes: [],
    reject: () => ({ status: 404, headers: {}, body: '' }),
    credential: async () => ({ credential: { from: name } }),
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
  assert.deepEqual(given, { credential: { from: 'two' } });
  assert.equal(await peers.credential('three', opened.session, portal), undefined);
});
