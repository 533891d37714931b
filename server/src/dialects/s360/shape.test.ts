/**
 * The pair of UUIDs: lossless, canonical, and never cut.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Token } from '../../sessions/token.ts';
import { packTight } from '../packed.ts';
import { anyToken, cut } from '../shapes.testing.ts';
import { UUID } from './s360.testing.ts';
import { KIND, readPair, writePair } from './shape.ts';

const tokens = anyToken(KIND, { generation: 0 });

/** As it is after it has been on the wire. */
const sent = (token: Token) => cut(token, 25, 15);

test('a token comes back as it was written, in two UUIDs of version 4', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const pair = writePair(token);
      assert.match(pair.sessionId, UUID);
      assert.match(pair.sessionToken, UUID);
      assert.deepEqual(readPair(pair, KIND), sent(token));
      assert.deepEqual(writePair(sent(token)), pair);
    }),
  );
});

test('letter case says nothing', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const { sessionId, sessionToken } = writePair(token);
      const upper = {
        sessionId: sessionId.toUpperCase(),
        sessionToken: sessionToken.toUpperCase(),
      };
      assert.deepEqual(readPair(upper, KIND), sent(token));
    }),
  );
});

test('one other character makes it unreadable or another token', () => {
  const other = fc.string({ unit: 'binary', minLength: 0, maxLength: 2 });
  fc.assert(
    fc.property(tokens, fc.nat(35), fc.boolean(), other, (token, at, first, text) => {
      const pair = writePair(token);
      const name = first ? 'sessionId' : 'sessionToken';
      const changed = pair[name].slice(0, at) + text + pair[name].slice(at + 1);
      fc.pre(changed.toLowerCase() !== pair[name]);
      const read = readPair({ ...pair, [name]: changed }, KIND);
      assert.notDeepEqual(read, sent(token));
    }),
  );
});

test('whatever can be read is written the same', () => {
  const uuid = fc.uuid({ version: 4 });
  fc.assert(
    fc.property(uuid, uuid, (sessionId, sessionToken) => {
      const token = readPair({ sessionId, sessionToken }, KIND);
      assert.ok(token);
      assert.deepEqual(writePair(token), { sessionId, sessionToken });
    }),
  );
});

test('other text is no pair', () => {
  const good = 'b42af7a5-7d3c-4b0e-9d55-3c0f5f1a2b3c';
  const bad = [
    '',
    ' ',
    good.replace('-4b', '-1b'),
    good.replace('-9d', '-cd'),
    good.replaceAll('-', ''),
    `{${good}}`,
    `${good}\n`,
    `${good}0`,
    `urn:uuid:${good}`,
    'x'.repeat(100_000),
    '\ud800',
    good.replace('b', '\uff42'),
  ];
  for (const text of bad) {
    assert.equal(readPair({ sessionId: text, sessionToken: good }, KIND), undefined, text);
    assert.equal(readPair({ sessionId: good, sessionToken: text }, KIND), undefined, text);
  }
});

test('a number that does not fit is never cut', () => {
  const [token] = fc.sample(tokens, 1);
  assert.ok(token);
  assert.throws(() => writePair({ ...token, generation: 1 }), RangeError);
  assert.throws(
    () => packTight({ ...token, slot: 16 }, { slot: 4, generation: 0, check: 5, mac: 80 }),
    RangeError,
  );
});
