/** Tries every mutant: each has to be caught by a test or by the simulator. */

import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.ts';
import { Bench, Stale, type Verdict } from './trial.ts';

const HELP = `Puts deliberate faults into copies of the engine and of sessions, one at a time, and runs
their tests and the simulator on each. Every one has to be caught.

  npm run mutants -- [--quick] [--only NAME] [--list] [--help]

  --quick   leave out the tests for what the simulator has caught already, as npm test does

Exit code 0 when the copy without a fault passes and every mutant is caught, 1 when not.
`;

/** Benches side by side. */
const BENCHES = 2;

const say = (text: string) => process.stdout.write(text);

interface Tried {
  readonly mutant: Mutant;
  readonly by: 'both' | 'tests' | 'simulator' | 'nobody' | 'stale';
  readonly text: string;
}

async function tryOne(bench: Bench, mutant: Mutant): Promise<Tried> {
  const started = performance.now();
  try {
    const verdict = await bench.try(mutant);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { by, lines } = describe(verdict);
    const verb = by === 'nobody' ? 'MISSED' : 'caught';
    return { mutant, by, text: [`${verb} ${mutant.name} (${seconds} s)`, ...lines].join('\n  ') };
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    return { mutant, by: 'stale', text: `STALE  ${mutant.name}: ${error.message}` };
  }
}

function describe({ tests, sim }: Verdict): { by: Tried['by']; lines: string[] } {
  const lines = [];
  const [first] = tests;
  if (first !== undefined) {
    const more = tests.length > 1 ? `, and ${tests.length - 1} more` : '';
    lines.push(`tests: ${first}${more}`);
  }
  if (sim !== null) lines.push(`simulator: ${sim}`);
  if (first !== undefined && sim !== null) return { by: 'both', lines };
  if (first !== undefined) return { by: 'tests', lines };
  return { by: sim === null ? 'nobody' : 'simulator', lines };
}

async function tryAll(mutants: readonly Mutant[], isQuick: boolean): Promise<Tried[]> {
  const left = [...mutants];
  const tried: Tried[] = [];
  const benches = Array.from({ length: Math.min(BENCHES, left.length) }, () => new Bench(isQuick));
  try {
    await Promise.all(
      benches.map(async (bench) => {
        for (let mutant = left.shift(); mutant; mutant = left.shift()) {
          const one = await tryOne(bench, mutant);
          tried.push(one);
          say(`${one.text}\n`);
        }
      }),
    );
  } finally {
    for (const bench of benches) bench.remove();
  }
  return tried;
}

/** True when tests and simulator have nothing to say of the copy without a fault. */
async function passesUnmutated(): Promise<boolean> {
  const bench = new Bench(false);
  try {
    const { by, lines } = describe(await bench.try(null));
    if (by === 'nobody') return true;
    say(`the copy without a fault does not pass:\n  ${lines.join('\n  ')}\n`);
    return false;
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    say(`the copy without a fault: ${error.message}\n`);
    return false;
  } finally {
    bench.remove();
  }
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      list: { type: 'boolean' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return say(HELP) ? 0 : 1;
  const mutants = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
  if (values.list) say(mutants.map(({ name, why }) => `${name}: ${why}\n`).join(''));
  if (values.list) return 0;
  if (mutants.length === 0) return say(`there is no mutant ${values.only}\n`) ? 2 : 2;

  const started = performance.now();
  if (!(await passesUnmutated())) return 1;
  const tried = await tryAll(mutants, values.quick);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const count = (by: Tried['by']) => tried.filter((one) => one.by === by).length;
  const bad = count('nobody') + count('stale');
  say(
    `${tried.length} mutants in ${seconds} s: ${tried.length - bad} caught ` +
      `(${count('both')} by tests and simulator, ${count('tests')} by tests alone, ` +
      `${count('simulator')} by the simulator alone), ${count('nobody')} missed, ` +
      `${count('stale')} stale\n`,
  );
  return bad === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
