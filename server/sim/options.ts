/** Options: what the simulator can be asked on the command line. */

import { parseArgs } from 'node:util';

export const HELP = `Runs simulated histories of the sessions service, and checks every promise in each.

  npm run sim                              200 seeds of 10,000 steps
  npm run sim -- --seeds 50 --from 1000    50 seeds, 1000 to 1049
  npm run sim -- --seed 7 --steps 500      one seed; the same seed is always the same history
  npm run sim -- --seed 7 --trace          prints everything that happens

  --seed N      replay this one seed
  --seeds K     how many seeds to run (200)
  --from N      the first of them (1)
  --steps N     events in each history (10000)
  --workers N   threads that share the seeds (2)
  --bail        stop at the first seed that breaks a promise
  --trace       print each line of the trace; with --seed only
  --counts      print how often what happened
  --help        this text

Exit code 0 when every promise was kept, 1 when one was broken, 2 for a wrong option.
`;

export interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  readonly workers: number;
  readonly isSingle: boolean;
  readonly trace: boolean;
  readonly counts: boolean;
  readonly bail: boolean;
  readonly help: boolean;
}

/** @throws TypeError when an option is not one of these, or its value no whole number. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      steps: { type: 'string' },
      workers: { type: 'string' },
      trace: { type: 'boolean' },
      counts: { type: 'boolean' },
      bail: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const isSingle = values.seed !== undefined;
  if (isSingle && (values.seeds !== undefined || values.from !== undefined)) {
    throw new TypeError('--seed is one seed; use --seeds and --from for many');
  }
  if (values.trace && !isSingle) throw new TypeError('--trace needs --seed');
  return {
    from: whole('--seed', values.seed ?? values.from, 1),
    seeds: isSingle ? 1 : whole('--seeds', values.seeds, 200),
    steps: whole('--steps', values.steps, 10_000),
    workers: whole('--workers', values.workers, 2),
    isSingle,
    trace: values.trace ?? false,
    counts: values.counts ?? false,
    bail: values.bail ?? false,
    help: values.help ?? false,
  };
}

function whole(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`${name} must be a whole number, not ${text}`);
  }
  return value;
}
