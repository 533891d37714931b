/** Groups, over work that the test ends by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFault } from '../store.ts';
import { Groups } from './groups.ts';

test('what arrives meanwhile shares the next group', async () => {
  const { groups, runs } = setUp();
  const first = groups.add('a');
  await turns();
  const others = ['b', 'c', 'd'].map((job) => groups.add(job));
  await turns();
  assert.deepEqual(jobsOf(runs), [['a']]);
  runs[0]?.end(['A']);
  assert.equal(await first, 'A');
  await turns();
  assert.deepEqual(jobsOf(runs), [['a'], ['b', 'c', 'd']]);
  runs[1]?.end(['B', 'C', 'D']);
  assert.deepEqual(await Promise.all(others), ['B', 'C', 'D']);
});

test('as many groups are under way as there are lanes', async () => {
  const { groups, runs } = setUp({ lanes: 2 });
  const told = [];
  for (const job of ['a', 'b', 'c', 'd']) {
    told.push(groups.add(job));
    await turns();
  }
  assert.deepEqual(jobsOf(runs), [['a'], ['b']]);
  runs[1]?.end(['B']);
  await turns();
  assert.deepEqual(jobsOf(runs), [['a'], ['b'], ['c', 'd']]);
  runs[0]?.end(['A']);
  runs[2]?.end(['C', 'D']);
  assert.deepEqual(await Promise.all(told), ['A', 'B', 'C', 'D']);
});

test('a fault of one is its own, and what is thrown is everyone’s', async () => {
  const { groups, runs } = setUp();
  const both = Promise.allSettled([groups.add('a'), groups.add('b')]);
  await turns();
  runs[0]?.end([new StoreFault('of a'), 'B']);
  const [a, b] = await both;
  assert.ok(a.status === 'rejected' && /of a/.test(String(a.reason)));
  assert.deepEqual(b, { status: 'fulfilled', value: 'B' });

  const all = Promise.allSettled([groups.add('c'), groups.add('d')]);
  await turns();
  runs[1]?.fail(new StoreFault('of all'));
  for (const one of await all) {
    assert.ok(one.status === 'rejected' && /of all/.test(String(one.reason)));
  }
  const next = groups.add('e');
  await turns();
  runs[2]?.end(['E']);
  assert.equal(await next, 'E');
});

test('when too many wait, one more is refused at once', async () => {
  const { groups, runs } = setUp({ waitingLimit: 2 });
  const told = [groups.add('a')];
  await turns();
  told.push(groups.add('b'), groups.add('c'));
  await assert.rejects(groups.add('d'), /StoreFault: .*overloaded: 2 jobs wait/);
  runs[0]?.end(['A']);
  await turns();
  runs[1]?.end(['B', 'C']);
  assert.deepEqual(await Promise.all(told), ['A', 'B', 'C']);
});

test('a group ends when its size is reached', async () => {
  const { groups, runs } = setUp({ size: 3 });
  const told = ['aa', 'bb', 'c'].map((job) => groups.add(job));
  await turns();
  assert.deepEqual(jobsOf(runs), [['aa', 'bb']]);
  runs[0]?.end(['A', 'B']);
  await turns();
  runs[1]?.end(['C']);
  assert.deepEqual(await Promise.all(told), ['A', 'B', 'C']);
});

test('drained waits for those under way and those that wait', async () => {
  const { groups, runs } = setUp();
  await groups.drained();
  const told: string[] = [];
  void groups.add('a').then((answer) => told.push(answer));
  await turns();
  void groups.add('b').then((answer) => told.push(answer));
  const drained = groups.drained().then(() => told.push('drained'));
  runs[0]?.end(['A']);
  await turns();
  runs[1]?.end(['B']);
  await drained;
  assert.deepEqual(told, ['A', 'B', 'drained']);
});

interface Run {
  readonly jobs: readonly string[];
  readonly end: (answers: (string | StoreFault)[]) => void;
  readonly fail: (fault: StoreFault) => void;
}

function setUp(options: { lanes?: number; waitingLimit?: number; size?: number } = {}) {
  const runs: Run[] = [];
  const groups = new Groups<string, string>({
    what: 'jobs',
    lanes: 1,
    waitingLimit: 100,
    size: 100,
    ...options,
    sizeOf: (job) => job.length,
    run: (jobs) => {
      const { promise, resolve, reject } = Promise.withResolvers<(string | StoreFault)[]>();
      runs.push({ jobs, end: resolve, fail: reject });
      return promise;
    },
  });
  return { groups, runs };
}

const jobsOf = (runs: readonly Run[]) => runs.map(({ jobs }) => jobs);

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
