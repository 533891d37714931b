/** The faulty store: what it may do to a commit, and what it never does. */

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, it } from 'node:test';
import { ABSENT, StoreFault, type Write } from '../src/stores/store.ts';
import type { Op } from './asks.ts';
import { Dice } from './dice.ts';
import { FaultyStore, type Life } from './faulty-store.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';

function set(faults: Partial<Profile>) {
  const dice = new Dice(1);
  const none = { readFault: 0, commitFault: 0, lostAck: 0 };
  const profile = { ...drawProfile(dice), ...none, ...faults };
  const scheduler = new Scheduler(0);
  const current = new AsyncLocalStorage<Op>();
  const op: Op = {
    ...{ number: 1, type: 'sweep', ask: { limit: 1 }, node: 'n1', from: 0 },
    ...{ reads: 0, commits: 0 },
  };
  const came: (readonly Write[])[] = [];
  const store = new FaultyStore({
    ...{ scheduler, dice, profile, current, trace: new Trace(), count: () => undefined },
    onCommit: (_op, writes) => came.push(writes) > 0,
  });
  const life: Life = { node: 'n1', isOver: false };
  /** Starts something as part of the op. */
  const start = <T>(run: (port: ReturnType<FaultyStore['port']>) => Promise<T>) =>
    current.run(op, () => run(store.port(life)));
  /** Lets everything happen that is planned. */
  const settle = async () => {
    do await new Promise((resolve) => setImmediate(resolve));
    while (scheduler.step());
  };
  return { start, settle, life, op, came };
}

const PUT: Write = {
  ...{ type: 'put', key: 'a', saw: ABSENT, value: 'one' },
  indexes: { subject: null, due: null },
};

describe('the faulty store', () => {
  it('commits some time later, and tells a conflict', async () => {
    const { start, settle, came, op } = set({});
    const first = start((port) => port.commit([PUT]));
    const second = start((port) => port.commit([PUT]));
    assert.equal(came.length, 0, 'not at once');
    await settle();
    assert.deepEqual([await first, await second].sort(), ['committed', 'conflict']);
    assert.deepEqual([came.length, op.commits], [1, 1]);
    const read = start((port) => port.read(['a']));
    await settle();
    assert.deepEqual(
      (await read).map((row) => row?.value),
      ['one'],
    );
    assert.equal(op.reads, 1);
  });

  it('reads what is there when it is asked, not when it answers', async () => {
    const { start, settle } = set({});
    const read = start((port) => port.read(['a']));
    const commit = start((port) => port.commit([PUT]));
    await settle();
    await commit;
    assert.deepEqual(await read, [undefined]);
  });

  it('loses an acknowledgement, and has committed', async () => {
    const { start, settle, came } = set({ lostAck: 1 });
    const commit = start((port) => port.commit([PUT]));
    const isFault = assert.rejects(commit, StoreFault);
    await settle();
    await isFault;
    assert.equal(came.length, 1);
  });

  it('fails, and has not committed', async () => {
    const { start, settle, came } = set({ commitFault: 1, readFault: 1 });
    const isFault = assert.rejects(
      start((port) => port.commit([PUT])),
      StoreFault,
    );
    const isFaultToo = assert.rejects(
      start((port) => port.read(['a'])),
      StoreFault,
    );
    await settle();
    await Promise.all([isFault, isFaultToo]);
    assert.equal(came.length, 0);
  });

  it('answers nobody after a crash, and commits all the same or not', async () => {
    const outcomes = new Set<number>();
    for (let round = 0; round < 20; round++) {
      const { start, settle, life, came } = set({});
      for (let skip = 0; skip < round; skip++) start((port) => port.read(['b']));
      let isAnswered = false;
      const answered = () => {
        isAnswered = true;
      };
      start((port) => port.commit([PUT])).then(answered, answered);
      start((port) => port.read(['a'])).then(answered, answered);
      life.isOver = true;
      await settle();
      assert.equal(isAnswered, false);
      outcomes.add(came.length);
    }
    assert.deepEqual([...outcomes].sort(), [0, 1]);
  });
});
