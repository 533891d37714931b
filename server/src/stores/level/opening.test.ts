/** What is opened, what is refused, and whether the words say why. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { ABSENT, StoreFault } from '../store.ts';
import { type GroupReport, openLevelStore } from './index.ts';

const asRoot = process.getuid?.() === 0;

test('a directory that is missing is made, for its owner alone', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 1);
  for (const made of [directory, dirname(directory)]) {
    assert.equal((await stat(made)).mode & 0o777, 0o700);
  }
});

test('a second store on a directory is refused, and the first one lives', async (context) => {
  const directory = await freshPath(context);
  const store = await openLevelStore({ directory });
  await assertRefused(directory, /held by another process/);
  await assertRefused(directory, /held by another process/);
  await store.commit([{ type: 'check', key: 'a', saw: ABSENT }]);
  await store.close();
  await fill(directory, 1);
});

test('a path that is a file, or lies below one, is refused', async (context) => {
  const directory = await freshPath(context);
  await writeFile(dirname(directory), 'not a directory');
  await assertRefused(directory, /is a file, not a directory/);
  await assertRefused(dirname(directory), /the path is a file, not a directory/);
});

test('a directory that cannot be written is refused', { skip: asRoot }, async (context) => {
  const directory = await freshPath(context);
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o500);
  await assertRefused(directory, /permission denied/i);
  await chmod(directory, 0o700);
  await fill(directory, 1);
});

test('a damaged CURRENT or MANIFEST file is refused', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 10);
  await writeFile(join(directory, 'CURRENT'), 'MANIFEST-999999\n');
  await assertRefused(directory, /MANIFEST-999999/);
  await writeFile(join(directory, 'CURRENT'), 'rubbish');
  await assertRefused(directory, /damaged.*CURRENT/);
});

test('a manifest of rubbish is refused', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 10);
  for (const name of await files(directory, /^MANIFEST/)) {
    await writeFile(join(directory, name), 'rubbish'.repeat(100));
  }
  await assertRefused(directory, /damaged/);
});

test('a lost table is refused', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 10);
  await fill(directory, 10);
  const tables = await files(directory, /\.ldb$/);
  assert.ok(tables.length > 0);
  for (const name of tables) await unlink(join(directory, name));
  await assertRefused(directory, /damaged.*missing/);
});

test('a lost CURRENT file is refused, and the rows are left alone', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 10);
  await fill(directory, 10);
  const before = await files(directory, /\.ldb$/);
  await unlink(join(directory, 'CURRENT'));
  await assertRefused(directory, /damaged.*no CURRENT file/);
  assert.deepEqual(await files(directory, /\.ldb$/), before);
});

test('a store of a newer format is refused, and can be opened by who knows it', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 1);
  const level = await openRaw(directory);
  assert.equal(await level.get('store:format'), '1');
  await level.put('store:format', '2');
  await level.close();
  await assertRefused(directory, /format 2.*newer program.*knows 1/);
  const again = await openRaw(directory);
  await again.put('store:format', '1');
  await again.close();
  await fill(directory, 1);
});

test('a database of something else is refused', async (context) => {
  const directory = await freshPath(context);
  await mkdir(directory, { recursive: true });
  const level = await openRaw(directory);
  await level.put('somebody', 'else');
  await level.close();
  await assertRefused(directory, /not a store of this program/);
});

test('a row that is damaged is a fault for its readers alone', async (context) => {
  const directory = await freshPath(context);
  await fill(directory, 2);
  const level = await openRaw(directory);
  await level.put('row:row 0', 'rubbish');
  await level.close();
  const store = await openLevelStore({ directory });
  await assert.rejects(store.read(['row 0']), StoreFault);
  await assert.rejects(store.read(['row 1', 'row 0']), StoreFault);
  await assert.rejects(store.commit([{ type: 'delete', key: 'row 0', saw: 1 }]), StoreFault);
  const [row] = await store.read(['row 1']);
  assert.equal(row?.value, 'value');
  await store.close();
});

test('every group is synced, and a renewal writes the row alone', async (context) => {
  const directory = await freshPath(context);
  await mkdir(directory, { recursive: true });
  const level = await openRaw(directory);
  // The driver's class of batches is not exported.
  const batches = Object.getPrototypeOf(Object.getPrototypeOf(level.batch()));
  await level.close();
  const write = context.mock.method(batches, 'write');
  const groups: GroupReport[] = [];
  const store = await openLevelStore({
    directory,
    onGroup: (report) => {
      groups.push(report);
    },
  });
  const put = { type: 'put', key: 'a', value: 'v' } as const;
  const indexes = { subject: 'ada', due: '1' };
  await store.commit([{ ...put, saw: ABSENT, indexes }]);
  await store.commit([{ ...put, saw: 1, indexes }]);
  await store.commit([{ ...put, saw: 2, indexes: { ...indexes, due: '2' } }]);
  await store.commit([{ type: 'delete', key: 'a', saw: 3 }]);
  await store.close();
  assert.deepEqual(groups, [
    { commits: 1, operations: 3, bytes: 'row:a[1,"ada","1"]\nvsubject:ada\0\0adue:1\0\0a'.length },
    { commits: 1, operations: 1, bytes: 'row:a[2,"ada","1"]\nv'.length },
    { commits: 1, operations: 3, bytes: 'row:a[3,"ada","2"]\nvdue:1\0\0adue:2\0\0a'.length },
    { commits: 1, operations: 3, bytes: 'row:asubject:ada\0\0adue:2\0\0a'.length },
  ]);
  assert.deepEqual(
    write.mock.calls.map(({ arguments: options }: { arguments: unknown[] }) => options),
    Array(4).fill([{ sync: true }]),
  );
});

/** A path in a directory of this test, of which the last two parts are still to be made. */
async function freshPath(context: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'level-opening-'));
  context.after(() => rm(parent, { recursive: true }));
  return join(parent, 'made', 'store');
}

async function fill(directory: string, rows: number): Promise<void> {
  const store = await openLevelStore({ directory });
  for (let row = 0; row < rows; row++) {
    const [seen] = await store.read([`row ${row}`]);
    const saw = seen?.version ?? ABSENT;
    const indexes = { subject: null, due: null };
    await store.commit([{ type: 'put', key: `row ${row}`, saw, value: 'value', indexes }]);
  }
  await store.close();
}

async function assertRefused(directory: string, words: RegExp): Promise<void> {
  await assert.rejects(openLevelStore({ directory }), (fault) => {
    assert.ok(fault instanceof StoreFault, String(fault));
    assert.match(fault.message, words);
    assert.ok(fault.message.includes(directory), `${fault.message} does not name the directory`);
    return true;
  });
}

async function openRaw(directory: string): Promise<ClassicLevel> {
  const level = new ClassicLevel(directory);
  await level.open();
  return level;
}

async function files(directory: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(directory)).filter((name) => pattern.test(name)).toSorted();
}
