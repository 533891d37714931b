/**
 * Tokens and ids: derived alike every time, and of no use once anything about them is changed.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesFromId, ID_BYTES, idFromBytes, isSessionId } from './ids.ts';
import { granted, OPEN, openSessionsWorld } from './sessions.testing.ts';
import { deriveToken, isGenuine, isPlausible, type Token } from './token.ts';

describe('session ids', () => {
  it('carry 80 bits there and back', () => {
    const bytes = fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES });
    fc.assert(
      fc.property(bytes, (drawn) => {
        const id = idFromBytes(drawn);
        assert.ok(isSessionId(id), id);
        const back = Buffer.alloc(ID_BYTES);
        bytesFromId(id, back, 0);
        assert.deepEqual([...back], [...drawn]);
      }),
    );
  });

  it('are recognised to the letter', () => {
    for (const wrong of [
      '',
      '0'.repeat(15),
      '0'.repeat(17),
      `${'0'.repeat(15)}u`,
      'A'.repeat(16),
    ]) {
      assert.equal(isSessionId(wrong), false, wrong);
    }
  });
});

describe('a token', async () => {
  const { sessions, keyring } = await openSessionsWorld();
  const { session } = granted(await sessions.open(OPEN));
  const { session: sibling } = granted(await sessions.open(OPEN));
  const name = { kind: 'refresh', slot: 1, generation: 1, keyId: session.keyId };
  const token = deriveToken(keyring, session, name);

  it('is the same each time it is derived', () => {
    assert.deepEqual(deriveToken(keyring, session, name), token);
    assert.ok(isPlausible(keyring, token) && isGenuine(keyring, token, session));
  });

  it('is neither plausible nor genuine with anything changed', () => {
    const changes: Partial<Token>[] = [
      { kind: 'code' },
      { id: sibling.id },
      { slot: 2 },
      { generation: 2 },
      { keyId: (session.keyId + 1) % 8 },
    ];
    for (const change of changes) {
      const changed = { ...token, ...change };
      assert.equal(isPlausible(keyring, changed), false, JSON.stringify(change));
      const of = changed.id === sibling.id ? sibling : session;
      assert.equal(isGenuine(keyring, changed, of), false, JSON.stringify(change));
    }
    assert.equal(isPlausible(keyring, { ...token, check: token.check ^ 1 }), false);
  });

  it('is not genuine with a bit of its MAC changed, nor with too little of it', () => {
    for (let bit = 0; bit < token.mac.length * 8; bit++) {
      const mac = Buffer.from(token.mac);
      mac.writeUInt8(mac.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.equal(isGenuine(keyring, { ...token, mac }, session), false);
    }
    assert.equal(isGenuine(keyring, { ...token, mac: token.mac.subarray(0, 10) }, session), true);
    assert.equal(isGenuine(keyring, { ...token, mac: token.mac.subarray(0, 9) }, session), false);
    assert.equal(isGenuine(keyring, { ...token, mac: Buffer.alloc(0) }, session), false);
  });

  it('needs the record: with another salt it is worth nothing', () => {
    assert.equal(isGenuine(keyring, token, { ...session, salt: sibling.salt }), false);
  });

  it('may carry a part of its check', () => {
    const tight = { ...token, check: token.check >>> 27, checkBits: 5 };
    assert.equal(isPlausible(keyring, tight), true);
    assert.equal(isPlausible(keyring, { ...tight, check: tight.check ^ 1 }), false);
  });

  it('survives a rotation of the key that made it', async () => {
    await keyring.rotate('mac');
    assert.notEqual(keyring.currentMacKey(), session.keyId);
    assert.ok(isPlausible(keyring, token) && isGenuine(keyring, token, session));
  });
});
