/** A trial: the tests of the engine and of sessions, and the simulator, on a copy with a fault in it. */

import { spawn } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Mutant } from './mutants.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const TESTS = ['server/src/engine/**/*.test.ts', 'server/src/sessions/**/*.test.ts'];
const SIM = ['server/sim/main.ts', '--seeds', '32', '--steps', '5000', '--workers', '1', '--bail'];
/** A fault may make a test go on for ever. */
const LIMIT_MS = 60_000;

/** What noticed a fault. */
export interface Verdict {
  /** The names of tests that failed. */
  readonly tests: readonly string[];
  /** What the simulator said of the promise that was broken. */
  readonly sim: string | null;
}

/** The text to be mutated does not stand there once, or the mutant is no program: mend the mutant. */
export class Stale extends Error {
  override readonly name = 'Stale';
}

/** A copy of what is tested, in a folder of its own. */
export class Bench {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'lamplighter-mutant-'));
  readonly #isQuick: boolean;

  /** @param isQuick Whether the tests are left out for what the simulator has caught. */
  constructor(isQuick: boolean) {
    this.#isQuick = isQuick;
    for (const part of ['server/src', 'server/sim', 'server/package.json', 'package.json']) {
      cpSync(path.join(ROOT, part), path.join(this.#folder, part), { recursive: true });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.#folder, 'node_modules'), 'dir');
  }

  /** @throws Stale */
  async try(mutant: Mutant | null): Promise<Verdict> {
    if (!mutant) return this.#judge();
    const file = path.join(this.#folder, 'server/src', mutant.file);
    const original = readFileSync(file, 'utf8');
    const times = original.split(mutant.find).length - 1;
    if (times !== 1) throw new Stale(`its text stands ${times} times in ${mutant.file}`);
    writeFileSync(
      file,
      original.replace(mutant.find, () => mutant.replace),
    );
    try {
      return await this.#judge(mutant.fromSeed);
    } finally {
      writeFileSync(file, original);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #judge(fromSeed = 1): Promise<Verdict> {
    const sim = await this.#run([...SIM, '--from', String(fromSeed)]);
    const broke = /^seed \d+ broke .*$/m.exec(sim.output)?.[0] ?? null;
    if (sim.code !== 0 && broke === null)
      throw new Stale(`it does not run: ${lastLines(sim.output)}`);
    if (this.#isQuick && broke !== null) return { tests: [], sim: broke };
    return { tests: await this.#failedTests(), sim: broke };
  }

  async #failedTests(): Promise<readonly string[]> {
    const files = globSync(TESTS, { cwd: this.#folder }).toSorted();
    const flags = ['--test', '--test-isolation=none', '--test-reporter=tap'];
    const tests = await this.#run([...flags, ...files]);
    const failed = failedTests(tests.output);
    if (tests.code !== 0 && failed.length === 0) failed.push(lastLines(tests.output));
    return failed;
  }

  #run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      code: number | null;
      output: string;
    }>();
    const child = spawn(process.execPath, args, { cwd: this.#folder, timeout: LIMIT_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
    return promise;
  }
}

/** The innermost tests that failed; a suite fails with its tests. */
function failedTests(tap: string): string[] {
  const lines = tap.split('\n');
  const failed = lines.flatMap((line) => {
    const found = /^(\s*)not ok \d+ - (.*)$/.exec(line);
    return found ? [{ depth: found[1]?.length ?? 0, name: found[2] ?? '' }] : [];
  });
  return failed
    .filter(({ depth }, at) => depth >= (failed[at - 1]?.depth ?? 0))
    .map(({ name }) => name);
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-5).join(' | ').slice(0, 500);
}
