/** Turns: shares, rounds, names, and what becomes of what waits. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createTurns, type TurnsOptions } from './turns.ts';

const OPTIONS: TurnsOptions = { atOnce: 4, atOnceEach: 2, mostWaiting: 3 };

/** Work that ends when the test says so. */
function site(options = OPTIONS) {
  const turns = createTurns(options);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const add = (receiver: string, name: string) =>
    turns.add(receiver, name, () => {
      begun.push(receiver + name);
      return new Promise((resolve) => ends.push(resolve));
    });
  const end = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { turns, begun, add, end };
}

test('a receiver has its share at once, and others theirs', async () => {
  const { begun, add, end } = site();
  for (const name of ['1', '2', '3']) add('a', name);
  for (const name of ['1', '2', '3']) add('b', name);
  assert.deepEqual(begun, ['a1', 'a2', 'b1', 'b2']);
  add('c', '1');
  assert.equal(begun.length, 4, 'no more than four together');
  await end();
  assert.equal(begun.at(-1), 'a3');
  await end();
  assert.equal(begun.at(-1), 'c1');
});

test('turns go round: whoever wants much waits behind themselves', async () => {
  const { begun, add, end } = site({ atOnce: 1, atOnceEach: 1, mostWaiting: 9 });
  for (const name of ['1', '2', '3', '4']) add('a', name);
  add('b', '1');
  for (let count = 0; count < 4; count++) await end();
  assert.deepEqual(begun, ['a1', 'a2', 'b1', 'a3', 'a4']);
});

test('a name that waits is taken once, and may come again when it is under way', async () => {
  const { begun, add, end } = site({ ...OPTIONS, atOnceEach: 1 });
  add('a', '1');
  for (let count = 0; count < 3; count++) assert.ok(add('a', '2'));
  assert.ok(add('a', '1'));
  for (let count = 0; count < 5; count++) await end();
  assert.deepEqual(begun, ['a1', 'a2', 'a1']);
});

test('who finds no room is told so, and others have theirs', () => {
  const { add } = site();
  const taken = ['1', '2', '3', '4', '5', '6'].map((name) => add('a', name));
  assert.deepEqual(taken, [true, true, true, true, true, false]);
  assert.ok(add('b', '1'));
});

test('a close forgets what waits, and resolves when the rest is done', async () => {
  const { turns, begun, add, end } = site();
  for (const name of ['1', '2', '3']) add('a', name);
  let isClosed = false;
  const closed = turns.close().then(() => {
    isClosed = true;
  });
  add('b', '1');
  await end();
  assert.equal(isClosed, false);
  await end();
  await closed;
  assert.deepEqual(begun, ['a1', 'a2']);
});

test('all is settled when nothing waits', async () => {
  const turns = createTurns({ ...OPTIONS, atOnceEach: 1 });
  let done = 0;
  for (const name of ['1', '2', '3']) {
    turns.add('a', name, async () => {
      await new Promise(setImmediate);
      done++;
    });
  }
  await turns.settled();
  assert.equal(done, 3);
});
