/** `npm test`: every check of the repository, one line each, and an honest count at the end. */

import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Outcome,
  runProgram,
  runTests,
  type Step,
  type Surroundings,
  testFiles,
} from './steps.ts';

/** Quick and light on the machine: these run side by side. */
const STATIC: readonly Step[] = [
  program('house', 'the rules of the house', ['tools/house/main.ts'], 60),
  program(
    'biome',
    'format and lint',
    ['biome', 'check', '--error-on-warnings', '--max-diagnostics=200'],
    60,
  ),
  program('types', 'tsc', ['tsc', '-p', 'tsconfig.json'], 120),
];

/** Heavy: one after the other. */
const HEAVY: readonly Step[] = [
  tests('unit', 'tests beside the sources', ['server/src', 'server/sim', 'client', 'tools'], 240),
  tests('e2e', 'the real program', ['server/e2e'], 240),
  program(
    'sim',
    'the simulator',
    ['server/sim/main.ts', '--seeds', '200', '--steps', '10000'],
    240,
  ),
  program('mutants', 'deliberate faults are caught', ['tools/mutants/main.ts', '--quick'], 240),
];

const STEPS: readonly Step[] = [...STATIC, ...HEAVY];

const HELP = `usage: npm test -- [--only STEP[,STEP...]]... [PATH...] [--help]

Runs every check; the exit code is 0 only if all of them pass.

  --only STEP   only this step (more with commas, or by repeating it)
  PATH          only the test files that are PATH or are below it, from the repository's root

steps:
${STEPS.map((step) => `  ${step.name.padEnd(10)}${step.says}`).join('\n')}
`;

function program(
  name: string,
  says: string,
  command: readonly [string, ...string[]],
  limitSeconds: number,
): Step {
  return { name, says, kind: 'program', command, limitSeconds };
}

function tests(name: string, says: string, under: readonly string[], limitSeconds: number): Step {
  return { name, says, kind: 'tests', under, limitSeconds };
}

interface Result extends Outcome {
  readonly name: string;
}

/** What the command line asks for; a message when it cannot be had. */
function chosen(only: readonly string[], paths: readonly string[], root: string): Step[] | string {
  const wanted = only.flatMap((names) => names.split(','));
  const unknown = wanted.find((name) => STEPS.every((step) => step.name !== name));
  if (unknown !== undefined) return `there is no step ${unknown}; see npm test -- --help`;
  const named = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name));
  if (paths.length === 0) return named;
  // Paths are of tests: a step that has none there has nothing to do with them.
  const having = named.filter(
    (step) => step.kind === 'tests' && testFiles(step, root, paths).length > 0,
  );
  return having.length > 0 ? having : `there is no test file in ${paths.join(', ')}`;
}

async function runStep(
  step: Step,
  paths: readonly string[],
  around: Surroundings,
): Promise<Result> {
  const started = performance.now();
  const outcome = await outcomeOf(step, paths, around);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = outcome.failed > 0 ? 'FAIL' : 'ok';
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : '';
  const counts = `${outcome.passed} passed, ${outcome.failed} failed${skipped}`;
  const said = step.kind === 'tests' ? counts : lastLine(outcome);
  print(`${step.name.padEnd(8)} ${verdict.padEnd(4)} ${seconds.padStart(6)} s  ${said}\n`);
  if (outcome.failed > 0) print(`\n${outcome.output.trimEnd()}\n\n`);
  return { name: step.name, ...outcome };
}

function outcomeOf(step: Step, paths: readonly string[], around: Surroundings): Promise<Outcome> {
  if (step.kind === 'program') return runProgram(step, around);
  return runTests(testFiles(step, around.root, paths), step.limitSeconds, around);
}

/** What a program that passed says of itself. */
const lastLine = ({ failed, output }: Outcome) =>
  failed > 0 ? '' : (output.trimEnd().split('\n').at(-1)?.trim() ?? '');

const print = (text: string) => process.stdout.write(text);

async function main(args: string[]): Promise<number> {
  const options = { only: { type: 'string', multiple: true }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    print(HELP);
    return 0;
  }
  const root = path.join(import.meta.dirname, '..');
  const paths = positionals.map((where) => path.relative(root, path.resolve(root, where)));
  const steps = chosen(values.only ?? [], paths, root);
  if (typeof steps === 'string') {
    process.stderr.write(`${steps}\n`);
    return 2;
  }

  const abort = new AbortController();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      abort.abort();
      process.exit(code);
    });
  }
  const started = performance.now();
  const around = { root, signal: abort.signal };
  const light = steps.filter((step) => STATIC.includes(step));
  const results = await Promise.all(light.map((step) => runStep(step, paths, around)));
  for (const step of steps.filter((one) => HEAVY.includes(one))) {
    results.push(await runStep(step, paths, around));
  }
  return summarize(results, performance.now() - started);
}

function summarize(results: readonly Result[], ms: number): number {
  const sum = (count: 'passed' | 'failed' | 'skipped') =>
    results.reduce((total, result) => total + result[count], 0);
  const bad = results.filter((result) => result.failed > 0).map((result) => result.name);
  print(
    `\n${results.length} ${results.length === 1 ? 'step' : 'steps'} in ${(ms / 1000).toFixed(1)} s`,
  );
  print(bad.length > 0 ? `; failed: ${bad.join(', ')}\n` : '; all passed\n');
  if (sum('skipped') > 0) print(`skipped: ${sum('skipped')}\n`);
  print(`tests: ${sum('passed')} passed, ${sum('failed')} failed\n`);
  return bad.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
