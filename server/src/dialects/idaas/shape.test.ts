/**
 * The 32 letters and digits: lossless, canonical, and never cut.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFromBytes } from '../../sessions/ids.ts';
import type { Token } from '../../sessions/token.ts';
import { anyToken, bytes, cut } from '../shapes.testing.ts';
import {
  GENERATION_LAST,
  KIND,
  SESSION_TOKEN,
  SLOT_LAST,
  TICKET,
  TICKET_EXPIRIES,
  TICKET_NUMBERS,
  type Ticket,
} from './shape.ts';

const tokens = anyToken(KIND, { slot: SLOT_LAST, generation: GENERATION_LAST });

/** As it is after it has been on the wire. */
const sent = (token: Token) => cut(token, 3, 10);

test('a token comes back as it was written, in 32 letters and digits', () => {
  fc.assert(
    fc.property(tokens, (token) => {
      const text = SESSION_TOKEN.write(token);
      assert.match(text, /^[A-Za-z0-9]{32}$/);
      assert.deepEqual(SESSION_TOKEN.read(text), sent(token));
      assert.equal(SESSION_TOKEN.write(sent(token)), text);
    }),
  );
});

test('the least and the greatest token have the same length', () => {
  const least = { ...one(), id: '0'.repeat(16), slot: 0, generation: 0, keyId: 0, check: 0 };
  assert.equal(SESSION_TOKEN.write({ ...least, mac: Buffer.alloc(16) }), '0'.repeat(32));
  const full = { id: 'z'.repeat(16), slot: SLOT_LAST, generation: GENERATION_LAST, keyId: 7 };
  const greatest = { ...one(), ...full, check: 0xffff_ffff, mac: Buffer.alloc(16, 0xff) };
  const text = SESSION_TOKEN.write(greatest);
  assert.equal(text.length, 32);
  assert.deepEqual(SESSION_TOKEN.read(text), sent(greatest));
});

test('one other character makes it unreadable or another token', () => {
  const other = fc.string({ unit: 'binary', minLength: 0, maxLength: 2 });
  const alphanumeric = fc.string({
    unit: fc.constantFrom(...'09AZaz'),
    minLength: 1,
    maxLength: 1,
  });
  const texts = fc.oneof(other, alphanumeric);
  fc.assert(
    fc.property(tokens, fc.nat(31), texts, (token, at, text) => {
      const written = SESSION_TOKEN.write(token);
      const changed = written.slice(0, at) + text + written.slice(at + 1);
      fc.pre(changed !== written);
      assert.notDeepEqual(SESSION_TOKEN.read(changed), sent(token));
    }),
  );
});

test('whatever can be read is written the same, and numbers beyond 190 bits cannot', () => {
  const letters = fc.constantFrom(
    ...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  );
  const texts = fc.string({ unit: letters, minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(texts, (text) => {
      const token = SESSION_TOKEN.read(text);
      if (token) assert.equal(SESSION_TOKEN.write(token), text);
      else assert.ok(text >= 'g', text);
    }),
  );
  const full = { id: 'z'.repeat(16), slot: SLOT_LAST, generation: GENERATION_LAST, keyId: 7 };
  const all = { ...one(), ...full, check: 0xffff_ffff, mac: Buffer.alloc(16, 0xff) };
  const last = SESSION_TOKEN.write(all);
  assert.notEqual(last.at(-1), 'z');
  const beyond = last.slice(0, -1) + String.fromCharCode((last.at(-1) ?? '').charCodeAt(0) + 1);
  assert.ok(beyond > last);
  assert.equal(SESSION_TOKEN.read(beyond), undefined);
  assert.equal(SESSION_TOKEN.read('z'.repeat(32)), undefined);
});

test('other text is no token', () => {
  const good = SESSION_TOKEN.write(one());
  const bad = ['', good.slice(1), `${good}0`, `${good}\n`, ` ${good}`, good.replace(/.$/, '-')];
  for (const text of [...bad, '\ud800'.repeat(32), '٣'.repeat(32), '0'.repeat(100_000)]) {
    assert.equal(SESSION_TOKEN.read(text), undefined);
  }
});

test('a number that does not fit is never cut', () => {
  assert.throws(() => SESSION_TOKEN.write({ ...one(), slot: SLOT_LAST + 1 }), RangeError);
  assert.throws(
    () => SESSION_TOKEN.write({ ...one(), generation: GENERATION_LAST + 1 }),
    RangeError,
  );
});

const tickets: fc.Arbitrary<Ticket> = fc.record({
  keyId: fc.integer({ min: 0, max: 7 }),
  id: bytes(10).map(idFromBytes),
  number: fc.integer({ min: 0, max: TICKET_NUMBERS - 1 }),
  expiry: fc.integer({ min: 0, max: TICKET_EXPIRIES - 1 }),
  mac: bytes(10).map((mac) => Buffer.from(mac)),
});

test('a ticket comes back as it was written, and is never a session token', () => {
  fc.assert(
    fc.property(tickets, (ticket) => {
      const text = TICKET.write(ticket);
      assert.match(text, /^ssoTicket-[A-Za-z0-9]{32}$/);
      assert.deepEqual(TICKET.read(text), { ...ticket });
      assert.equal(SESSION_TOKEN.read(text), undefined);
      assert.equal(TICKET.read(text.slice(10)), undefined);
    }),
  );
});

test('one other character makes a ticket unreadable or another one', () => {
  const letters = fc.constantFrom(...'09AZaz-_.T ');
  fc.assert(
    fc.property(tickets, fc.nat(41), letters, (ticket, at, letter) => {
      const written = TICKET.write(ticket);
      const changed = written.slice(0, at) + letter + written.slice(at + 1);
      fc.pre(changed !== written);
      assert.notDeepEqual(TICKET.read(changed), TICKET.read(written));
    }),
  );
});

function one(): Token {
  const [token] = fc.sample(tokens, { numRuns: 1, seed: 1 });
  return token ?? assert.fail('no token');
}
