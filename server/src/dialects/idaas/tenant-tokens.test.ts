/**
 * Tenant access tokens: whose they are, and until when.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { openWorld } from '../world.testing.ts';
import { createTenantTokens } from './tenant-tokens.ts';

const LIFE_MS = 1_800_000;
const CONFIG = { realm: 'alpha', tenant_token_life: LIFE_MS };
const CLIENTS = [
  'test-tenant',
  'other-tenant',
  ...Array.from({ length: 300 }, (_, at) => `c${at}`),
];

async function open() {
  const { services, clock } = await openWorld();
  return { services, clock, tokens: createTenantTokens(services, CLIENTS, CONFIG) };
}

test('every client has tokens of its own, as UUIDs', async () => {
  const { tokens } = await open();
  const issued = CLIENTS.map((client) => tokens.issue(client));
  assert.equal(new Set(issued).size, CLIENTS.length);
  for (const [at, token] of issued.entries()) {
    assert.match(token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(tokens.read(token), CLIENTS[at]);
  }
});

test('all of them are good until their own time has come', async () => {
  const { tokens, clock } = await open();
  const first = tokens.issue('test-tenant');
  clock.advance(60_000);
  const second = tokens.issue('test-tenant');
  assert.notEqual(second, first);
  clock.advance(LIFE_MS - 60_001);
  assert.equal(tokens.read(first), 'test-tenant');
  clock.advance(1);
  assert.equal(tokens.read(first), undefined);
  assert.equal(tokens.read(second), 'test-tenant');
  clock.advance(60_000);
  assert.equal(tokens.read(second), undefined);
});

test('the order of the clients does not matter, their presence does', async () => {
  const { services, tokens } = await open();
  const token = tokens.issue('test-tenant');
  const reversed = createTenantTokens(services, CLIENTS.toReversed(), CONFIG);
  assert.equal(reversed.read(token), 'test-tenant');
  const without = createTenantTokens(services, CLIENTS.slice(1), CONFIG);
  assert.equal(without.read(token), undefined);
  const beta = createTenantTokens(services, CLIENTS, { ...CONFIG, realm: 'beta' });
  assert.equal(beta.read(token), undefined, 'the client of another realm is another');
});

test('tokens outlive a rotation of the keys', async () => {
  const { services, tokens } = await open();
  const before = tokens.issue('test-tenant');
  await services.keyring.rotate('mac');
  const after = tokens.issue('test-tenant');
  assert.notEqual(after, before);
  assert.equal(tokens.read(before), 'test-tenant');
  assert.equal(tokens.read(after), 'test-tenant');
});

test('one other character, and it is nobody’s', async () => {
  const { tokens } = await open();
  const token = tokens.issue('test-tenant');
  const hex = fc.constantFrom(...'0123456789abcdefABCDEF-g ');
  fc.assert(
    fc.property(fc.nat(35), hex, (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      fc.pre(changed !== token);
      assert.equal(tokens.read(changed), undefined);
    }),
    { numRuns: 300 },
  );
  for (const text of ['', 'x', `${token}\n`, token.toUpperCase(), token.replaceAll('-', '')]) {
    assert.equal(tokens.read(text), undefined);
  }
});
