/** Nothing acknowledged is lost, and nothing is half there: after kill -9, and on a full disk. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Store } from '../store.ts';
import { StoreFault } from '../store.ts';
import { openLevelStore } from './index.ts';

const ROUNDS = 15;
const CALLERS = 8;
const WRITER = fileURLToPath(new URL('crash.testing.ts', import.meta.url));

interface Said {
  /** The newest version of each row that was said to be committed. */
  readonly versions: Map<string, number>;
  committed: number;
  faults: number;
  committedAfterFault: number;
}

test('kill -9 at any moment loses nothing acknowledged, and tears no commit', async (context) => {
  const directory = await freshDirectory(context);
  const versions = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    // A number of lines that says nothing about where in a group the kill falls.
    const enough = 1 + ((round * 389) % 800);
    const command = [process.execPath, WRITER, directory, String(CALLERS), '600'];
    const said = await runUntil(command, (so) => so.committed >= enough);
    assert.equal(said.faults, 0);
    for (const [key, version] of said.versions) versions.set(key, version);
    await assertWhole(directory, versions);
  }
});

test('a second process is refused while the first one lives', async (context) => {
  const directory = await freshDirectory(context);
  let refused: unknown;
  const command = [process.execPath, WRITER, directory, '1', '0'];
  await runUntil(command, async (said) => {
    if (said.committed === 0) return false;
    refused = await openLevelStore({ directory }).catch((fault: unknown) => fault);
    return true;
  });
  assert.ok(refused instanceof StoreFault);
  assert.match(refused.message, /held by another process/);
});

test('a disk that fails is a fault, the store goes on, and nothing acknowledged is lost', {
  skip: process.platform === 'win32',
}, async (context) => {
  const directory = await freshDirectory(context);
  // No file may grow beyond 400 blocks, so that the log fails in the middle of a record.
  const limited = ['sh', '-c', 'ulimit -f 400 && exec "$@"', 'sh'];
  const command = [...limited, process.execPath, WRITER, directory, String(CALLERS), '3000'];
  const goesOn = (so: Said): boolean => so.faults >= 30 && so.committedAfterFault >= 300;
  const said = await runUntil(command, (so) => goesOn(so) || so.faults >= 5_000);
  assert.ok(goesOn(said), `${said.faults} faults, then ${said.committedAfterFault} committed`);
  await assertWhole(directory, said.versions);
});

async function freshDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'level-crash-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

/** Runs the writer, kills it when it has said enough, and returns what it had said by then. */
async function runUntil(
  [program = '', ...args]: readonly string[],
  enough: (said: Said) => boolean | Promise<boolean>,
): Promise<Said> {
  const said: Said = { versions: new Map(), committed: 0, faults: 0, committedAfterFault: 0 };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  let rest = '';
  let killed = false;
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(said, line);
    if (!killed && (await enough(said))) killed = child.kill('SIGKILL');
  }
  assert.equal(await ended, 'SIGKILL', 'the writer ended of itself');
  return said;
}

function hear(said: Said, line: string): void {
  if (line === 'fault') {
    said.faults++;
    return;
  }
  const [, key, version] = /^(.+) is (\d+)$/.exec(line) ?? [];
  assert.ok(key !== undefined, `the writer said ${JSON.stringify(line)}`);
  said.versions.set(key, Math.max(Number(version), said.versions.get(key) ?? 0));
  said.committed++;
  if (said.faults > 0) said.committedAfterFault++;
}

/** Every acknowledged version is there, no commit is torn, indexes say what the rows say. */
async function assertWhole(directory: string, versions: Map<string, number>): Promise<void> {
  const store = await openLevelStore({ directory });
  for (const [key, version] of versions) {
    const found = await versionOf(store, key);
    assert.ok(found >= version, `${key} was acknowledged at ${version}, and is at ${found}`);
  }
  for (let shared = 0; shared < CALLERS / 2; shared++) {
    const own = await Promise.all(
      [0, 1].map((which) => versionOf(store, `own ${shared * 2 + which}`)),
    );
    const sum = own.reduce((total, version) => total + version, 0);
    assert.equal(await versionOf(store, `shared ${shared}`), sum, 'a commit was torn');
  }
  await store.close();
}

/** The version of a row that `addOne` wrote, 0 when there is none. */
async function versionOf(store: Store, key: string): Promise<number> {
  const [row] = await store.read([key]);
  const subjects = await store.list('subject', { from: key, to: key, limit: 10 });
  const dues = await store.list('due', { from: '', to: '9', limit: 1000 });
  const filed = [...subjects, ...dues].filter((entry) => entry.key === key);
  if (row === undefined) {
    assert.deepEqual(filed, []);
    return 0;
  }
  const due = String(row.version).padStart(8, '0');
  assert.ok(row.value.startsWith(due));
  assert.deepEqual(row.indexes, { subject: key, due });
  assert.deepEqual(
    filed.map((entry) => entry.at),
    [key, due],
  );
  return row.version;
}
