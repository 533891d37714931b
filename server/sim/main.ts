/** The `sim` command: one seed with its trace, or many on several threads. */

import { hash } from 'node:crypto';
import { runAll } from './crew.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { addCounts, reportCounts, reportViolation } from './report.ts';
import { type Result, runWorld } from './world.ts';

const HOUR = 3_600_000;
/** Failures that are shown in full, and those that are named at all. */
const SHOWN = 3;
const LISTED = 20;

const say = (text: string) => process.stdout.write(text);

async function runOne({ from, steps, trace, counts }: Options): Promise<number> {
  const result = await runWorld(
    { seed: from, steps },
    trace ? (line) => say(`${line}\n`) : undefined,
  );
  say(reportViolation(result));
  if (counts) say(reportCounts(result.counts));
  say(`seed ${from}, ${steps} steps, ${hours(result.ms)} simulated: trace ${result.hash}\n`);
  return result.violation ? 1 : 0;
}

async function runMany({ from, seeds, steps, workers, counts, bail }: Options): Promise<number> {
  const started = performance.now();
  const journeys = Array.from({ length: seeds }, (_, at) => ({ seed: from + at, steps }));
  const results: Result[] = [];
  await runAll(journeys, workers, (result) => {
    results.push(result);
    return !bail || result.violation === null;
  });
  results.sort((left, right) => left.seed - right.seed);

  const broken = results.filter(({ violation }) => violation !== null);
  for (const result of broken.slice(0, SHOWN)) say(reportViolation(result));
  for (const { seed, violation } of broken.slice(SHOWN, LISTED)) {
    say(`seed ${seed} broke ${violation?.invariant}: ${violation?.message}\n`);
  }
  if (counts) {
    const total = new Map<string, number>();
    for (const result of results) addCounts(total, result.counts);
    say(reportCounts(total));
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const simulated = hours(results.reduce((sum, { ms }) => sum + ms, 0));
  const all = hash('sha256', results.map((result) => result.hash).join('\n')).slice(0, 16);
  say(
    `${results.length} seeds from ${from}, ${steps} steps each, ${simulated} simulated in ${seconds} s: ` +
      `${broken.length === 0 ? 'every promise kept' : `${broken.length} broke a promise`}, ` +
      `traces ${all}\n`,
  );
  return broken.length === 0 ? 0 : 1;
}

function hours(ms: number): string {
  return `${Math.round(ms / HOUR)} h`;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    say(HELP);
    return 0;
  }
  return options.isSingle ? runOne(options) : runMany(options);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`sim: ${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}
