/** Owns the proof that the gate lets in as many as it says, in fair turns, and loses no place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createGate, TURNED_AWAY } from './gate.ts';

function createTasks() {
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const task = (id: number) => () => {
    started.push(id);
    return new Promise<number>((resolve) => {
      finish[id] = () => resolve(id);
    });
  };
  return { started, finish, task };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A gate whose tasks have started or not, and end when they are told to. */
function setUp(atOnce: number, maxWaiting: number) {
  const gate = createGate(atOnce, maxWaiting);
  const { started, finish, task } = createTasks();
  const away = new Set<number>();
  let count = 0;
  const run = (whose: string) => {
    const id = count++;
    const outcome = gate.run(whose, task(id));
    void outcome.then((it) => it === TURNED_AWAY && away.add(id));
    return outcome;
  };
  const end = async (id: number | undefined) => {
    finish[id ?? -1]?.();
    await settle();
  };
  return { gate, run, end, started, away };
}

test('so many run, so many wait in turn, and the rest never run', async () => {
  const { run, end, started, away } = setUp(2, 3);
  const runs = Array.from({ length: 8 }, () => run('a'));
  await settle();
  assert.deepEqual(started, [0, 1]);
  assert.deepEqual([...away], [5, 6, 7]);

  await end(1);
  assert.deepEqual(started, [0, 1, 2]);
  run('a');
  run('a');
  await settle();
  assert.ok(!away.has(8), 'a place to wait is free again');
  assert.ok(away.has(9));
  for (const id of [0, 2, 3, 4, 8]) await end(id);
  assert.deepEqual(started, [0, 1, 2, 3, 4, 8]);
  assert.deepEqual(await Promise.all(runs.slice(0, 5)), [0, 1, 2, 3, 4]);
});

test('turns go round by whose they are', async () => {
  const { run, end, started } = setUp(1, 12);
  for (const whose of ['a', 'a', 'a', 'a', 'b', 'b', 'c']) run(whose);
  for (let at = 0; at < 7; at++) {
    await settle();
    await end(started[at]);
  }
  assert.deepEqual(started, [0, 1, 4, 6, 2, 5, 3]);
});

test('while others wait, nobody holds more than a quarter of the places', async () => {
  const { run, away } = setUp(1, 12);
  for (const whose of ['a', 'a', 'b', 'a', 'a', 'a']) run(whose);
  await settle();
  assert.deepEqual([...away], [5], 'a has three of twelve');
  for (let count = 0; count < 4; count++) run('b');
  await settle();
  assert.deepEqual([...away], [5, 8, 9]);
});

test('whoever came alone and took every place makes room, the latest first', async () => {
  const { run, end, started, away } = setUp(1, 8);
  for (let count = 0; count < 9; count++) run('a');
  run('b');
  run('c');
  await settle();
  assert.deepEqual(away, new Set([7, 8]));
  run('a');
  await settle();
  assert.ok(away.has(11), 'and takes none of it back');
  await end(0);
  await end(1);
  await end(9);
  assert.deepEqual(started, [0, 1, 9, 10]);
  for (const whose of ['d', 'e', 'f']) run(whose);
  await settle();
  assert.deepEqual(away, new Set([7, 8, 11]), 'three places were free again');
});

test('whoever has more names than there are places keeps out only the latest', async () => {
  const { run, away } = setUp(1, 4);
  for (const whose of ['-', 'a', 'b', 'c', 'd', 'e']) run(whose);
  await settle();
  assert.deepEqual([...away], [5]);
});

test('no place is lost and no bound is passed, whoever comes and goes', async () => {
  const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(9)), {
    maxLength: 120,
  });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), fc.nat(9), async (all, atOnce, max) => {
      const { run, end, started, away } = setUp(atOnce, max);
      const ended = new Set<number>();
      const asked: string[] = [];
      const waiting = () =>
        [...asked.keys()].filter((id) => !started.includes(id) && !away.has(id));
      const running = () => started.filter((id) => !ended.has(id));
      const finish = async (id: number | undefined) => {
        if (id === undefined) return;
        ended.add(id);
        await end(id);
      };
      for (const step of all) {
        if (typeof step === 'number') await finish(running()[step % atOnce]);
        else {
          const isFree = waiting().length < max && !waiting().some((id) => asked[id] === step);
          const refused = away.size;
          asked.push(step);
          run(step);
          await settle();
          assert.ok(!isFree || away.size === refused, 'a free place is for whoever has none');
        }
        const waits = waiting().length;
        assert.ok(running().length <= atOnce && waits <= max);
        assert.ok(waits === 0 || running().length === atOnce, 'nobody waits for nothing');
      }
      while (running().length > 0) await finish(running()[0]);
      assert.deepEqual(waiting(), [], 'everybody had an answer');
      assert.ok(
        started.every((id) => !away.has(id)),
        'and only one',
      );
    }),
    { numRuns: 200 },
  );
});

test('a task that fails leaves its place to the next', async () => {
  const gate = createGate(1, 10);
  const fail = async () => {
    throw new Error('no');
  };
  const failures = Array.from({ length: 5 }, () => gate.run('a', fail));
  const last = gate.run('a', async () => 'done');
  for (const failure of failures) await assert.rejects(failure, /no/);
  assert.equal(await last, 'done');
});

test('without a place to wait, one that is busy turns everybody away', async () => {
  const { gate, run, end } = setUp(1, 0);
  const first = run('a');
  assert.equal(await run('a'), TURNED_AWAY);
  assert.equal(await run('b'), TURNED_AWAY);
  await end(0);
  assert.equal(await first, 0);
  assert.equal(await gate.run('b', async () => 1), 1);
});
