/** The writer, over a disk whose every write the test ends by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABSENT, type CommitResult, type Row, StoreFault, type Write } from '../store.ts';
import { type Disk, GroupCommit, type GroupReport, type Written } from './group-commit.ts';
import type { RowChange } from './rows.ts';

test('one group is in flight, and the next one fills meanwhile', async () => {
  const { disk, writer, reports } = setUp();
  const first = writer.commit([put('a', ABSENT)]);
  await disk.writing();
  const others = ['b', 'c', 'd', 'e'].map((key) => writer.commit([put(key, ABSENT)]));
  await turns();
  assert.equal(disk.groups.length, 1, 'a second write began before the first had ended');
  disk.end();
  assert.equal(await first, 'committed');
  await disk.writing();
  assert.deepEqual(disk.keys(), [['a'], ['b', 'c', 'd', 'e']]);
  disk.release();
  assert.deepEqual(await Promise.all(others), Array(4).fill('committed'));
  assert.deepEqual(reports, [
    { commits: 1, operations: 1, bytes: 0 },
    { commits: 4, operations: 4, bytes: 0 },
  ]);
});

test('nobody is answered before the disk has answered, neither winner nor loser', async () => {
  const { disk, writer } = setUp();
  const told: string[] = [];
  const both = [0, 1].map((which) =>
    writer.commit([put('a', ABSENT)]).then((result) => told.push(`${which} ${result}`)),
  );
  await disk.writing();
  await turns();
  assert.deepEqual(told, []);
  disk.release();
  await Promise.all(both);
  assert.deepEqual(told, ['0 committed', '1 conflict']);
});

test('commits of one row in turn share a group, and the row is written once', async () => {
  const { disk, writer } = setUp();
  const writes = [put('a', ABSENT, '1'), put('a', 1, '2'), put('a', 1, 'lost'), put('a', 2, '3')];
  const results = writes.map((write) => writer.commit([write]));
  const brief = [writer.commit([put('b', ABSENT)]), writer.commit([remove('b', 1)])];
  await disk.writing();
  assert.deepEqual(disk.keys(), [['a']], 'a row that came and went needs no write');
  disk.release();
  assert.deepEqual(await Promise.all(results), ['committed', 'committed', 'conflict', 'committed']);
  assert.deepEqual(await Promise.all(brief), ['committed', 'committed']);
  assert.deepEqual([disk.row('a')?.version, disk.row('a')?.value], [3, '3']);
});

test('a conflict inside of a group leaves no part of its commit behind', async () => {
  const { disk, writer } = setUp();
  const winner = writer.commit([put('a', ABSENT)]);
  const loser = writer.commit([put('b', ABSENT), put('a', ABSENT)]);
  const later = writer.commit([put('b', ABSENT, 'later')]);
  await disk.writing();
  disk.release();
  assert.deepEqual(await Promise.all([winner, loser, later]), [
    'committed',
    'conflict',
    'committed',
  ]);
  assert.equal(disk.row('b')?.value, 'later');
});

test('a group that changes nothing does not touch the disk', async () => {
  const { disk, writer, reports } = setUp();
  const results = [[put('a', 3)], [{ type: 'check', key: 'a', saw: ABSENT } as const], []];
  const told = await Promise.all(results.map((writes) => writer.commit(writes)));
  assert.deepEqual(told, ['conflict', 'committed', 'committed']);
  assert.deepEqual([disk.groups, reports], [[], []]);
});

test('an error of the disk goes to everyone in the group, and the writer goes on', async () => {
  const { disk, writer } = setUp();
  const group = [writer.commit([put('a', ABSENT)]), writer.commit([put('a', ABSENT)])];
  await disk.writing();
  const next = writer.commit([put('a', ABSENT, 'next')]);
  disk.end(new StoreFault('the disk is full'));
  const told = Promise.allSettled(group);
  await disk.writing();
  disk.release();
  for (const result of await told) {
    assert.ok(result.status === 'rejected' && result.reason instanceof StoreFault);
    assert.match(result.reason.message, /the disk is full/);
  }
  assert.equal(await next, 'committed');
});

test('a disk that is not ready fails the group before anything is decided', async () => {
  const { disk, writer } = setUp();
  disk.unready = new StoreFault('not yet');
  await assert.rejects(writer.commit([put('a', 9)]), /not yet/);
  disk.unready = undefined;
  assert.equal(await writer.commit([put('a', 9)]), 'conflict');
});

test('a row that cannot be read fails its own commit only', async () => {
  const { disk, writer } = setUp();
  disk.damaged.add('bad');
  const bad = assert.rejects(writer.commit([put('a', ABSENT), put('bad', ABSENT)]), StoreFault);
  const good = writer.commit([put('a', ABSENT, 'good')]);
  await disk.writing();
  disk.release();
  await bad;
  assert.equal(await good, 'committed');
  assert.equal(disk.row('a')?.value, 'good');
});

test('when too many wait, one more is refused at once', async () => {
  const { disk, writer } = setUp(3);
  const inFlight = writer.commit([put('a', ABSENT)]);
  await disk.writing();
  const waiting = ['b', 'c', 'd'].map((key) => writer.commit([put(key, ABSENT)]));
  const refused = assert.rejects(writer.commit([put('e', ABSENT)]), /StoreFault: .*overloaded/);
  disk.release();
  await refused;
  assert.deepEqual(await Promise.all([inFlight, ...waiting]), Array(4).fill('committed'));
  assert.equal(await writer.commit([put('e', ABSENT)]), 'committed');
});

test('a group ends at a mebibyte', async () => {
  const { disk, writer } = setUp();
  const half = 'x'.repeat(600 * 1024);
  const results = ['a', 'b', 'c'].map((key) => writer.commit([put(key, ABSENT, half)]));
  await disk.writing();
  disk.end();
  await disk.writing();
  disk.release();
  assert.deepEqual(await Promise.all(results), Array(3).fill('committed'));
  assert.deepEqual(disk.keys(), [['a', 'b'], ['c']]);
});

test('drained waits for the group in flight and for those that wait', async () => {
  const { disk, writer } = setUp();
  await writer.drained();
  const told: (CommitResult | 'drained')[] = [];
  const tell = (word: CommitResult | 'drained') => told.push(word);
  void writer.commit([put('a', ABSENT)]).then(tell);
  await disk.writing();
  void writer.commit([put('a', 1)]).then(tell);
  const drained = writer.drained().then(() => tell('drained'));
  disk.end();
  await disk.writing();
  disk.release();
  await drained;
  assert.deepEqual(told, ['committed', 'committed', 'drained']);
});

class FakeDisk implements Disk {
  readonly groups: (readonly RowChange[])[] = [];
  readonly damaged = new Set<string>();
  unready: StoreFault | undefined;
  readonly #rows = new Map<string, Row>();
  #released = false;
  #end: ((fault?: StoreFault) => void) | undefined;

  async ready(): Promise<void> {
    if (this.unready !== undefined) throw this.unready;
  }

  row(key: string): Row | undefined {
    if (this.damaged.has(key)) throw new StoreFault(`${key} is damaged`);
    return this.#rows.get(key);
  }

  async write(changes: readonly RowChange[]): Promise<Written> {
    assert.equal(this.#end, undefined, 'two writes at once');
    this.groups.push(changes);
    const fault = await new Promise<StoreFault | undefined>((resolve) => {
      if (this.#released) resolve(undefined);
      else this.#end = resolve;
    });
    if (fault !== undefined) throw fault;
    for (const { key, after } of changes) {
      if (after === undefined) this.#rows.delete(key);
      else this.#rows.set(key, after);
    }
    return { operations: changes.length, bytes: 0 };
  }

  /** Resolves while a write is in flight. */
  async writing(): Promise<void> {
    for (let turn = 0; this.#end === undefined; turn++) {
      assert.ok(turn < 100, 'no write began');
      await turns();
    }
  }

  /** Ends the write in flight, and every later one at once. */
  release(): void {
    this.#released = true;
    this.end();
  }

  end(fault?: StoreFault): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(fault);
  }

  keys(): string[][] {
    return this.groups.map((changes) => changes.map(({ key }) => key));
  }
}

function setUp(waitingLimit = 100) {
  const disk = new FakeDisk();
  const reports: GroupReport[] = [];
  const writer = new GroupCommit(disk, {
    waitingLimit,
    onGroup: (report) => reports.push(report),
  });
  return { disk, writer, reports };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function put(key: string, saw: number, value = ''): Write {
  return { type: 'put', key, saw, value, indexes: { subject: null, due: null } };
}

function remove(key: string, saw: number): Write {
  return { type: 'delete', key, saw };
}
