/**
 * Two instances in one server, each with a realm, hosts, and keys of its own.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import { createDialects, dialectSchemas } from '../registry.ts';
import { openWorld, request } from '../world.testing.ts';
import { claimsOf } from './s360.testing.ts';

const KEYS = { alpha: 'test0000api0000key000010', beta: 'test0000api0000key000011' };

test('each instance serves its own realm, hosts and callers', async () => {
  const { services, people } = await openWorld({ realms: ['beta'] });
  const options = (['alpha', 'beta'] as const).map((realm) => ({
    realm,
    hosts: [`${realm}.example.com`],
    api_keys: [{ key: KEYS[realm] }],
    external_systems: [{ name: 'chatbot' }],
  }));
  const schema = dialectSchemas.s360 ?? assert.fail('not in the registry');
  const parsed = options.map((one) => schema.parse(one));
  const [alpha, beta, ...others] = createDialects(services, { s360: parsed });
  assert.ok(alpha && beta && others.length === 0);
  assert.deepEqual([alpha.hosts, alpha.realm], [['alpha.example.com'], 'alpha']);
  assert.deepEqual([beta.hosts, beta.realm], [['beta.example.com'], 'beta']);

  const { find } = services.directory;
  services.directory.find = (_realm, subject) => find('alpha', subject);
  const pairs = new Map<string, Readonly<Record<string, string | number>>>();
  for (const [realm, dialect, other] of [
    ['alpha', alpha, beta],
    ['beta', beta, alpha],
  ] as const) {
    const { subject } = people.ada;
    const epoch = await services.sessions.epoch(realm, subject);
    const opened = await services.sessions.open({ realm, subject, epoch, origin: 'native' });
    assert.ok('session' in opened);
    const ask = { application: 'chatbot', device: null, origin: '' };
    assert.ok('fault' in (await other.credential(opened.session, ask)));
    const outcome = await dialect.credential(opened.session, ask);
    assert.ok('credential' in outcome);
    pairs.set(realm, outcome.credential);
  }

  const path = '/idp/sso/v1/refresh';
  const sessionIds = new Set<string>();
  for (const [dialect, realm] of [
    [alpha, 'alpha'],
    [beta, 'beta'],
  ] as const) {
    for (const [of, pair] of pairs) {
      const headers = { api_key: KEYS[realm] };
      const { status, body } = await request(dialect, { path, headers, body: pair });
      assert.equal(status, of === realm ? 200 : 401);
      const { desc, data } = JSON.parse(body);
      assert.equal(desc.code, of === realm ? 'ESB-IDP-S0000' : 'ESB-IDP-E0003');
      if (data) {
        await jwtVerify(data.accessToken, services.keyring.derive(`s360/jwt/${realm}/chatbot`));
        sessionIds.add(claimsOf(data.accessToken).context.sso.sessionId);
      }
      const wrong = { api_key: KEYS[realm === 'alpha' ? 'beta' : 'alpha'] };
      assert.equal((await request(dialect, { path, headers: wrong, body: pair })).status, 403);
    }
  }
  assert.equal(sessionIds.size, 2);
});
