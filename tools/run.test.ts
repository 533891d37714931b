/** Tests of run.mjs, in a folder of its own with an npm that only pretends. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';

/** Notes its arguments, speaks on both outputs, and brings in a Node unless told not to. */
const NPM = `#!/bin/sh
echo "$@" >> npm-calls
echo 'npm out'; echo 'npm err' >&2
if [ -n "$FAKE_SLEEP" ]; then sleep "$FAKE_SLEEP"; fi
if [ -n "$FAKE_EXIT" ]; then echo "npm error code $FAKE_CODE" >&2; exit "$FAKE_EXIT"; fi
rm -rf node_modules; mkdir -p node_modules/node/bin
if [ -z "$FAKE_NO_NODE" ]; then ln -s "$FAKE_NODE" node_modules/node/bin/node; fi
`;

/** Says what it got; exits as its first argument tells it to. */
const SCRIPT = `
const [how, code] = process.argv.slice(2);
process.stdout.write(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2) }) + '\\n');
if (how === 'exit') process.exit(Number(code));
if (how === 'wait' || how === 'hang') setTimeout(() => process.exit(99), 20_000);
if (how === 'wait') for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(Number(code)));
}
`;

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } },
};

class Place {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  path(...parts: string[]): string {
    return path.join(this.root, ...parts);
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = this.root): ChildProcess {
    const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_)/i.test(name));
    return spawn(process.execPath, [this.path('tools/run.mjs'), ...args], {
      cwd,
      env: {
        ...Object.fromEntries(kept),
        PATH: `${this.path('bin')}:/usr/bin:/bin`,
        FAKE_NODE: process.execPath,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = this.root): Promise<Ended> {
    return endOf(this.start(args, env, cwd));
  }

  async npmCalls(): Promise<number> {
    const text = await readFile(this.path('npm-calls'), 'utf8').catch(() => '');
    return text.split('\n').length - 1;
  }
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...said };
}

async function place(t: TestContext): Promise<Place> {
  const made = new Place(await realpath(await mkdtemp(path.join(os.tmpdir(), 'run-'))));
  t.after(() => rm(made.root, { recursive: true, force: true }));
  await mkdir(made.path('tools'));
  await mkdir(made.path('bin'));
  await copyFile(path.join(import.meta.dirname, 'run.mjs'), made.path('tools/run.mjs'));
  await writeFile(made.path('bin/npm'), NPM);
  await chmod(made.path('bin/npm'), 0o755);
  await writeFile(made.path('package-lock.json'), JSON.stringify(LOCK));
  await writeFile(made.path('script.ts'), SCRIPT);
  return made;
}

it('installs, says so on standard error alone, and runs the script where the caller is', async (t) => {
  const at = await place(t);
  const ended = await at.run(['script.ts', 'exit', '5', '--port', '1 2'], {}, at.path('bin'));
  assert.deepEqual(JSON.parse(ended.out), {
    cwd: at.path('bin'),
    args: ['exit', '5', '--port', '1 2'],
  });
  assert.equal(ended.code, 5);
  assert.match(
    ended.err,
    /^lamplighter: installing\.\.\.\n[\s\S]*lamplighter: installed in \d+ s\n$/,
  );
  assert.match(ended.err, /npm out\n/);
  assert.match(ended.err, /npm err\n/);
  assert.match(await readFile(at.path('npm-calls'), 'utf8'), /^ci --include=dev /);
});

it('installs once, and again for another lock file', async (t) => {
  const at = await place(t);
  await at.run(['script.ts']);
  const second = await at.run(['script.ts']);
  assert.deepEqual([second.code, second.err, await at.npmCalls()], [0, '', 1]);
  await writeFile(at.path('package-lock.json'), JSON.stringify({ ...LOCK, version: 2 }));
  await at.run(['script.ts']);
  assert.equal(await at.npmCalls(), 2);
});

it('installs once for runs that start together', async (t) => {
  const at = await place(t);
  const runs = [1, 2, 3].map(() => at.run(['script.ts'], { FAKE_SLEEP: '0.3' }));
  const codes = (await Promise.all(runs)).map((ended) => ended.code);
  assert.deepEqual([codes, await at.npmCalls()], [[0, 0, 0], 1]);
  assert.ok(!existsSync(at.path('.house-cache/install.lock')));
});

it('takes over from an installer that died', async (t) => {
  const at = await place(t);
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'close');
  await mkdir(at.path('.house-cache'));
  await writeFile(at.path('.house-cache/install.lock'), `${dead.pid} x`);
  const started = performance.now();
  assert.equal((await at.run(['script.ts'])).code, 0);
  assert.ok(performance.now() - started < 15_000, 'without waiting for the lock to grow old');
});

it('keeps what somebody installed by hand, if it is what the lock file says', async (t) => {
  const at = await place(t);
  await mkdir(at.path('node_modules/a'), { recursive: true });
  const found = at.path('node_modules/.package-lock.json');
  await writeFile(found, JSON.stringify(LOCK));
  assert.equal((await at.run(['script.ts'])).code, 0);
  assert.equal(await at.npmCalls(), 0);

  const other = { version: '1.0.0', integrity: 'sha512-b' };
  await writeFile(found, JSON.stringify({ packages: { 'node_modules/a': other } }));
  await writeFile(at.path('package-lock.json'), JSON.stringify({ ...LOCK, version: 2 }));
  await at.run(['script.ts']);
  assert.equal(await at.npmCalls(), 1, 'the same version with other contents is another');
});

it('ends with the exit code of an npm that fails, and says what to do', async (t) => {
  const at = await place(t);
  const offline = await at.run(['script.ts'], { FAKE_EXIT: '7', FAKE_CODE: 'ENOTFOUND' });
  assert.deepEqual([offline.code, offline.out], [7, '']);
  assert.match(offline.err, /npm ci failed \(exit code 7\): the npm registry cannot be reached/);
  const other = await at.run(['script.ts'], { FAKE_EXIT: '1', FAKE_CODE: 'EUSAGE' });
  assert.match(other.err, /npm error code EUSAGE[\s\S]*npm ci failed \(exit code 1\): see above/);
  assert.equal((await at.run(['script.ts'])).code, 0, 'and the next run installs');
});

it('says that npm is missing', async (t) => {
  const at = await place(t);
  await rm(at.path('bin/npm'));
  const ended = await at.run(['script.ts'], { PATH: at.path('bin') });
  assert.deepEqual([ended.code, ended.out], [127, '']);
  assert.match(ended.err, /npm could not be started .*: install npm/);
});

it('uses a Node that is new enough when the package has none that fits', async (t) => {
  const at = await place(t);
  const ended = await at.run(['script.ts', 'exit', '3'], { FAKE_NO_NODE: '1' });
  assert.equal(ended.code, 3);
});

it('runs the installer of the package `node` when scripts were ignored', async (t) => {
  const at = await place(t);
  // Only this process believes to be old: what it starts is the real one.
  const old = `Object.defineProperty(process, 'versions', { value: { node: '20.0.0' } });`;
  const env = { FAKE_NO_NODE: '1', NODE_OPTIONS: `--import=data:text/javascript,${escape(old)}` };
  const lost = await at.run(['script.ts'], env);
  assert.equal(lost.code, 1);
  assert.match(lost.err, /Node 24 is needed .* install Node 24 or later yourself/);

  const installer = `require('fs').symlinkSync(process.env.FAKE_NODE, 'bin/node');`;
  await writeFile(at.path('node_modules/node/installArchSpecificPackage.js'), installer);
  const found = await at.run(['script.ts', 'exit', '4'], env);
  assert.equal(found.code, 4);
  assert.match(found.err, /fetching Node 24/);
});

for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGINT', 2],
  ['SIGHUP', 1],
] as const) {
  it(`passes on ${signal}, waits, and ends as the script ends`, async (t) => {
    const at = await place(t);
    await at.run(['script.ts']);
    for (const [how, code] of [
      ['wait', 7],
      ['wait', 0],
      ['hang', 128 + number],
    ] as const) {
      const child = at.start(['script.ts', how, String(code)]);
      const ended = endOf(child);
      assert.ok(child.stdout);
      await once(child.stdout, 'data');
      // The script listens a moment after its first line.
      await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill(signal);
      assert.equal((await ended).code, code);
    }
  });
}

it('ends at a signal while it installs', async (t) => {
  const at = await place(t);
  const child = at.start(['script.ts'], { FAKE_SLEEP: '10' });
  const ended = endOf(child);
  assert.ok(child.stderr);
  while (!existsSync(at.path('npm-calls'))) await once(child.stderr, 'data');
  const started = performance.now();
  child.kill('SIGTERM');
  const { code, out, err } = await ended;
  assert.deepEqual([code, out], [143, '']);
  assert.match(err, /installing was interrupted/);
  assert.ok(performance.now() - started < 9_000, 'npm did not run to its end');
  assert.ok(!existsSync(at.path('.house-cache/install.lock')));
});

it('says what is wrong with the command', async (t) => {
  const at = await place(t);
  assert.deepEqual([(await at.run([])).code, await at.npmCalls()], [2, 0]);
  const ended = await at.run(['nothing.ts']);
  assert.equal(ended.code, 2);
  assert.match(ended.err, /there is no nothing\.ts/);
});
