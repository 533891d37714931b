/** Owns the proof of the keyring: sealed at rest, opened by one secret, rotated without a loss. */

import assert from 'node:assert/strict';
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { openMemoryStore } from '../stores/memory/index.ts';
import type { Store } from '../stores/store.ts';
import { KeysInUse } from './keyring.ts';
import { WrongRootSecret } from './row.ts';
import { type KeyringOptions, openKeyring } from './sealed-keyring.ts';

const ROOT_SECRET = createHash('sha256').update('a root secret for these tests').digest();
const TOKEN_LIFE = 1_000;
const DATA = Buffer.from('kind, session, slot, generation');

/** A keyring over a fresh memory store; the clock stands at `clock.now`. */
async function setUp(options: Partial<KeyringOptions> = {}) {
  const clock = { now: 1_000_000 };
  const store = options.store ?? openMemoryStore();
  const open = (more: Partial<KeyringOptions> = {}) =>
    openKeyring({
      store,
      rootSecret: ROOT_SECRET,
      now: () => clock.now,
      random: randomBytes,
      signingAlgorithm: 'ES256',
      tokenLifeMs: TOKEN_LIFE,
      ...options,
      ...more,
    });
  return { clock, store, open, keyring: await open() };
}

async function rowOf(store: Store) {
  const [row] = await store.read(['keyring']);
  assert.ok(row);
  return row;
}

async function overwrite(store: Store, value: string) {
  const { key, version: saw, indexes } = await rowOf(store);
  assert.equal(await store.commit([{ type: 'put', key, saw, value, indexes }]), 'committed');
}

test('the first start makes one key of each purpose, and the next start finds them', async () => {
  const { keyring, open } = await setUp();
  const [mac, signing, ...others] = keyring.list();
  assert.deepEqual(others, []);
  assert.deepEqual(mac, {
    id: '0',
    purpose: 'mac',
    algorithm: 'HS256',
    createdAt: 1_000_000,
    state: 'current',
  });
  assert.equal(signing?.algorithm, 'ES256');
  assert.equal(keyring.currentMacKey(), 0);

  const again = await open();
  assert.deepEqual(again.list(), keyring.list());
  assert.deepEqual(again.mac(0, 'label', DATA), keyring.mac(0, 'label', DATA));
  assert.deepEqual(again.verify(keyring.sign({ sub: 'ada' }, 'JWT'), 'JWT'), { sub: 'ada' });
});

test('processes that start together share one keyring', async () => {
  const store = openMemoryStore();
  const starts = await Promise.all(Array.from({ length: 8 }, () => setUp({ store })));
  const rings = new Set(starts.map(({ keyring }) => JSON.stringify(keyring.list())));
  assert.equal(rings.size, 1);
  assert.equal((await rowOf(store)).version, 1);
});

test('another root secret opens nothing and changes nothing', async () => {
  const { store, open } = await setUp();
  const before = await rowOf(store);
  await assert.rejects(open({ rootSecret: randomBytes(32) }), WrongRootSecret);
  await assert.rejects(open({ rootSecret: randomBytes(31) }), RangeError);
  assert.deepEqual(await rowOf(store), before);
});

test('a damaged row opens nothing, wherever the damage is', async () => {
  const { store, keyring, open } = await setUp();
  const { value } = await rowOf(store);
  const [format, nonce, body] = value.split('.');
  const flipped = [...value].map(
    (letter, at) => value.slice(0, at) + (letter === 'A' ? 'z' : 'A') + value.slice(at + 1),
  );
  const damaged = [
    '',
    '{}',
    `${format}`,
    `${format}.${nonce}`,
    `${format}.${nonce}.`,
    `2.${nonce}.${body}`,
    `${format}.${body}.${nonce}`,
    ...flipped.slice(0, 60),
  ];
  for (const text of damaged) {
    await overwrite(store, text);
    await assert.rejects(open(), (error: unknown) => {
      assert.ok(error instanceof WrongRootSecret);
      assert.match(error.message, /Check that the root secret/);
      return error.cause === undefined;
    });
    await assert.rejects(keyring.reload(), WrongRootSecret);
    await assert.rejects(keyring.rotate('mac'), WrongRootSecret);
    assert.equal((await rowOf(store)).value, text);
  }
  assert.ok(keyring.mac(0, 'label', DATA), 'the open keyring goes on with what it has');
});

test('a MAC is HMAC-SHA-256 under a subkey of the label', async () => {
  // The first 32 bytes that the keyring asks for are the MAC key.
  const secret = randomBytes(32);
  let asked = 0;
  const random = (bytes: number) => (asked++ === 0 ? secret : randomBytes(bytes));
  const { keyring } = await setUp({ random });
  const subkey = createHmac('sha256', secret).update('label').digest();
  const expected = createHmac('sha256', subkey).update(DATA).digest();
  assert.deepEqual(keyring.mac(0, 'label', DATA), expected);
  assert.deepEqual(keyring.mac(0, 'label', DATA), expected, 'from the cache too');
  assert.notDeepEqual(keyring.mac(0, 'other', DATA), expected);
  for (const id of [1, 7, 8, -1, 0.5, Number.NaN]) {
    assert.equal(keyring.mac(id, 'label', DATA), undefined);
  }
});

test('a derived key is HKDF-SHA-256 of the root secret, one for each use', async () => {
  const { keyring, open } = await setUp();
  const info = 'lamplighter use csrf';
  assert.deepEqual(
    keyring.derive('csrf'),
    Buffer.from(hkdfSync('sha256', ROOT_SECRET, '', info, 32)),
  );
  assert.notDeepEqual(keyring.derive('csrf'), keyring.derive('csrf '));
  await keyring.rotate('mac');
  assert.deepEqual((await open()).derive('csrf'), keyring.derive('csrf'));
});

test('a rotated MAC key still checks, and the next one makes', async () => {
  const { keyring, open } = await setUp();
  const old = keyring.mac(0, 'label', DATA);
  assert.deepEqual(await keyring.rotate('mac'), {
    id: '1',
    purpose: 'mac',
    algorithm: 'HS256',
    createdAt: 1_000_000,
    state: 'current',
  });
  assert.equal(keyring.currentMacKey(), 1);
  assert.deepEqual(keyring.mac(0, 'label', DATA), old);
  assert.notDeepEqual(keyring.mac(1, 'label', DATA), old);
  assert.deepEqual(
    keyring
      .list()
      .filter((key) => key.purpose === 'mac')
      .map((key) => key.state),
    ['verifying', 'current'],
  );
  assert.deepEqual((await open()).list(), keyring.list());
});

test('MAC key numbers go round, and none is used again before its last token has ended', async () => {
  const { keyring, clock } = await setUp();
  for (let id = 1; id < 8; id++) {
    clock.now += 10;
    assert.equal((await keyring.rotate('mac')).id, String(id));
  }
  const first = keyring.mac(0, 'label', DATA);
  const lastMoment = 1_000_010 + TOKEN_LIFE; // key 0 was superseded at 1_000_010
  clock.now = lastMoment;
  await assert.rejects(keyring.rotate('mac'), (error: unknown) => {
    assert.ok(error instanceof KeysInUse);
    assert.ok(error.message.includes(new Date(lastMoment).toISOString()), error.message);
    return true;
  });
  assert.equal(keyring.currentMacKey(), 7);
  assert.deepEqual(keyring.mac(0, 'label', DATA), first);

  clock.now = lastMoment + 1;
  assert.equal((await keyring.rotate('mac')).id, '0');
  assert.notDeepEqual(keyring.mac(0, 'label', DATA), first);
  assert.equal(keyring.list().filter((key) => key.purpose === 'mac').length, 8);

  clock.now += TOKEN_LIFE + 1;
  assert.equal((await keyring.rotate('mac')).id, '1', 'the current key goes on for one more life');
  assert.deepEqual(
    keyring
      .list()
      .filter((key) => key.purpose === 'mac')
      .map((key) => key.id),
    ['0', '1'],
  );
  assert.equal(keyring.mac(2, 'label', DATA), undefined);
});

test('the next number follows the current one, and is never one in use', async () => {
  const { keyring, clock } = await setUp();
  const rotate = async (after: number) => {
    clock.now += after;
    return (await keyring.rotate('mac')).id;
  };
  assert.equal(await rotate(0), '1');
  assert.equal(await rotate(0), '2');
  assert.equal(await rotate(TOKEN_LIFE + 1), '3');
  assert.equal(keyring.mac(1, 'label', DATA), undefined, '0 and 1 have left, 2 and 3 have not');
  // A clock that is set back can let a key leave before one that is older.
  for (const id of ['4', '5', '6', '7', '0', '1']) assert.equal(await rotate(-100), id);
  const old = keyring.mac(2, 'label', DATA);
  assert.ok(old);
  assert.equal(await rotate(TOKEN_LIFE + 1), '0', '2 to 7 are in use');
  assert.deepEqual(keyring.mac(2, 'label', DATA), old);
});

test('a label made of data is a mistake that shows', async () => {
  const { keyring } = await setUp();
  for (let round = 0; round < 1_000; round++) keyring.mac(0, `label ${round % 100}`, DATA);
  assert.throws(() => keyring.mac(0, 'one more', DATA), /must be a constant/);
  assert.ok(keyring.mac(0, 'label 99', DATA));
});

test('a rotated signing key verifies until its last token has ended', async () => {
  const { keyring, clock } = await setUp();
  const old = keyring.sign({ sub: 'ada' }, 'JWT');
  clock.now += 10;
  await keyring.rotate('signing');
  const published = () => createLocalJWKSet(keyring.publicKeys() as JSONWebKeySet);
  for (const jws of [old, keyring.sign({ sub: 'ada' }, 'JWT')]) {
    assert.deepEqual(keyring.verify(jws, 'JWT'), { sub: 'ada' });
    assert.equal((await jwtVerify(jws, published())).payload.sub, 'ada');
  }
  clock.now += TOKEN_LIFE;
  await keyring.rotate('signing');
  assert.deepEqual(keyring.verify(old, 'JWT'), { sub: 'ada' });
  clock.now += 1;
  await keyring.rotate('signing');
  assert.equal(keyring.verify(old, 'JWT'), undefined);
  await assert.rejects(jwtVerify(old, published()));
  assert.equal(keyring.publicKeys().keys.length, 3);

  for (let keys = 3; keys < 8; keys++) await keyring.rotate('signing');
  await assert.rejects(keyring.rotate('signing'), KeysInUse);
});

test('the signing algorithm is a choice for the next key', async () => {
  const { keyring, open } = await setUp({ signingAlgorithm: 'EdDSA' });
  const old = keyring.sign({ sub: 'ada' }, 'JWT');
  const changed = await open({ signingAlgorithm: 'RS256' });
  assert.equal(changed.list().at(-1)?.algorithm, 'EdDSA');
  await changed.rotate('signing');
  const fresh = changed.sign({ sub: 'ada' }, 'JWT');
  const keys = createLocalJWKSet(changed.publicKeys() as JSONWebKeySet);
  assert.equal((await jwtVerify(old, keys)).protectedHeader.alg, 'EdDSA');
  assert.equal((await jwtVerify(fresh, keys)).protectedHeader.alg, 'RS256');
  assert.ok(changed.verify(old, 'JWT') && changed.verify(fresh, 'JWT'));
});

test('rotations of several processes at once all count, and reload takes them over', async () => {
  const { keyring, open } = await setUp();
  const others = await Promise.all([open(), open(), open()]);
  const rings = [keyring, ...others];
  const made = await Promise.all(rings.map((ring) => ring.rotate('mac')));
  assert.deepEqual(made.map((key) => key.id).sort(), ['1', '2', '3', '4']);
  await Promise.all(rings.map((ring) => ring.reload()));
  for (const ring of rings) {
    assert.equal(ring.currentMacKey(), 4);
    assert.deepEqual(ring.list(), keyring.list());
    assert.deepEqual(ring.mac(3, 'label', DATA), keyring.mac(3, 'label', DATA));
  }
});

test('a reload that was slow does not undo a rotation', async () => {
  const inner = openMemoryStore();
  let hold: Promise<void> | undefined;
  const store: Store = {
    facts: inner.facts,
    commit: (writes) => inner.commit(writes),
    list: (index, range) => inner.list(index, range),
    close: () => inner.close(),
    async read(keys) {
      const held = hold;
      const rows = await inner.read(keys);
      await held;
      return rows;
    },
  };
  const { keyring } = await setUp({ store });
  const { promise, resolve } = Promise.withResolvers<void>();
  hold = promise;
  const slow = keyring.reload();
  hold = undefined;
  await keyring.rotate('mac');
  resolve();
  await slow;
  assert.equal(keyring.currentMacKey(), 1);
});

test('each write has a nonce of its own', async () => {
  const { store, keyring, clock } = await setUp();
  const nonces = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const [, nonce] = (await rowOf(store)).value.split('.');
    assert.ok(nonce);
    assert.equal(Buffer.from(nonce, 'base64url').length, 12);
    nonces.add(nonce);
    clock.now += TOKEN_LIFE + 1;
    await keyring.rotate('mac');
  }
  assert.equal(nonces.size, 20);
});

test('no key is in the store, the facts, or the object', async () => {
  const seen: Buffer[] = [ROOT_SECRET];
  const random = (bytes: number) => {
    const made = randomBytes(bytes);
    if (bytes === 32) seen.push(made);
    return made;
  };
  const { store, keyring } = await setUp({ random });
  await keyring.rotate('mac');
  assert.equal(seen.length, 3);
  const shown = [
    (await rowOf(store)).value,
    JSON.stringify(keyring.list()),
    inspect(keyring, { depth: 20, showHidden: true }),
    JSON.stringify(keyring.publicKeys()),
  ].join('\n');
  for (const secret of seen) {
    for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      assert.ok(!shown.includes(secret.toString(encoding)));
    }
  }
  assert.ok(!shown.includes('"d":'), 'no private JWK');
});
