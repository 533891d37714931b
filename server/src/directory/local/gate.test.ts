/** Owns the proof that the gate lets in as many as it says, in their order, and loses no place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGate } from './gate.ts';

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

test('so many run, so many wait in turn, and the rest never run', async () => {
  const gate = createGate(2, 3);
  const { started, finish, task } = createTasks();
  const runs = Array.from({ length: 8 }, (_, id) => gate.run(task(id)));
  await settle();
  assert.deepEqual(started, [0, 1]);
  assert.deepEqual(
    runs.map((run) => run === undefined),
    [...Array(5).fill(false), true, true, true],
  );

  finish[1]?.();
  await settle();
  assert.deepEqual(started, [0, 1, 2]);
  assert.ok(gate.run(task(8)), 'a place to wait is free again');
  assert.equal(gate.run(task(9)), undefined);
  for (const id of [0, 2, 3, 4, 8]) {
    finish[id]?.();
    await settle();
  }
  assert.deepEqual(started, [0, 1, 2, 3, 4, 8]);
  assert.deepEqual(await Promise.all(runs.slice(0, 5)), [0, 1, 2, 3, 4]);
});

test('a task that fails leaves its place to the next', async () => {
  const gate = createGate(1, 10);
  const fail = async () => {
    throw new Error('no');
  };
  const failures = Array.from({ length: 5 }, () => gate.run(fail));
  const last = gate.run(async () => 'done');
  for (const failure of failures) await assert.rejects(failure ?? Promise.resolve(), /no/);
  assert.equal(await last, 'done');
});

test('without a place to wait, one that is busy turns everybody away', async () => {
  const gate = createGate(1, 0);
  const { finish, task } = createTasks();
  const run = gate.run(task(0));
  assert.equal(gate.run(task(1)), undefined);
  await settle();
  finish[0]?.();
  assert.equal(await run, 0);
  assert.ok(gate.run(async () => 1));
});
