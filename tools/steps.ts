/** A step of `npm test`: a program, or the test files below some folders, run to its end. */

import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

export interface ProgramStep {
  readonly name: string;
  readonly says: string;
  readonly kind: 'program';
  /** A `.ts` file from the repository's root, or a program of node_modules/.bin; then arguments. */
  readonly command: readonly [string, ...string[]];
  readonly limitSeconds: number;
}

export interface TestStep {
  readonly name: string;
  readonly says: string;
  readonly kind: 'tests';
  /** The folders whose `*.test.ts` are run. */
  readonly under: readonly string[];
  readonly limitSeconds: number;
}

export type Step = ProgramStep | TestStep;

/** What came of a step. A program counts as one. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly output: string;
}

export interface Surroundings {
  /** The repository. */
  readonly root: string;
  /** Ends what is running. */
  readonly signal: AbortSignal;
}

/** How many test files run side by side. */
const SIDE_BY_SIDE = 2;

const failure = (output: string): Outcome => ({ passed: 0, failed: 1, skipped: 0, output });

/** Runs a program; it passes when its exit code is 0. Never rejects. */
export function runProgram(step: ProgramStep, around: Surroundings): Promise<Outcome> {
  const [name, ...args] = step.command;
  const isScript = name.endsWith('.ts');
  const file = path.join(around.root, isScript ? name : `node_modules/.bin/${name}`);
  if (!existsSync(file)) return Promise.resolve(failure(`${name} is missing\n`));
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  // A group of its own, so that a limit ends the program's children with it.
  const child = spawn(isScript ? process.execPath : file, isScript ? [file, ...args] : args, {
    cwd: around.root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const stop = () => kill(child.pid);
  const limit = setTimeout(() => {
    output += `\nstopped at its limit of ${step.limitSeconds} s\n`;
    stop();
  }, step.limitSeconds * 1000);
  around.signal.addEventListener('abort', stop);
  const settle = (outcome: Outcome) => {
    clearTimeout(limit);
    around.signal.removeEventListener('abort', stop);
    resolve(outcome);
  };
  child.once('error', (error) => settle(failure(`${output}${error.message}\n`)));
  child.once('close', (code, signal) => {
    if (code === 0) return settle({ passed: 1, failed: 0, skipped: 0, output });
    settle(failure(`${output}${name}: ${signal ?? `exit code ${code}`}\n`));
  });
  return promise;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/**
 * The step's test files, from the root and sorted.
 *
 * @param paths - files or folders that they must be, or be in; none for all.
 */
export function testFiles(step: TestStep, root: string, paths: readonly string[]): string[] {
  const patterns = step.under.map((folder) => `${folder}/**/*.test.ts`);
  const isWanted = (file: string) =>
    paths.length === 0 || paths.some((where) => file === where || file.startsWith(`${where}/`));
  return globSync(patterns, { cwd: root })
    .filter((file) => !file.includes('node_modules'))
    .filter(isWanted)
    .toSorted();
}

/** Runs test files, each in a process of its own, and counts by the runner's own summary. */
export async function runTests(
  files: readonly string[],
  limitSeconds: number,
  around: Surroundings,
): Promise<Outcome> {
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const stream = run({
    files: files.map((file) => path.join(around.root, file)),
    concurrency: SIDE_BY_SIDE,
    signal: AbortSignal.any([around.signal, limit]),
  });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const empty: string[] = [];
  stream.on('test:pass', ({ name, file, nesting, skip, todo }) => {
    // The runner counts a file that declares no test as a test of that name.
    const isEmpty = nesting === 0 && name === file && skip === undefined && todo === undefined;
    if (isEmpty) empty.push(path.relative(around.root, name));
  });
  stream.on('test:summary', (summary) => {
    if (summary.file !== undefined) return;
    const { tests, passed, skipped, todo } = summary.counts;
    counts.passed = passed;
    counts.skipped = skipped + todo;
    // What was cancelled has not passed.
    counts.failed = tests - passed - skipped - todo;
  });
  let output = '';
  for await (const text of stream.compose(spec)) output += text;
  if (limit.aborted) output += `\nstopped at its limit of ${limitSeconds} s\n`;
  for (const file of empty) output += `\n${file} declares no test\n`;
  // Whatever went wrong, a run without a single result has not passed.
  const lost = counts.passed + counts.failed === 0 ? 1 : 0;
  return {
    passed: counts.passed - empty.length,
    failed: counts.failed + empty.length + lost,
    skipped: counts.skipped,
    output: lost > 0 ? `${output}\nthe run gave no whole result\n` : output,
  };
}
