/** `lamplighter migrate`: brings the schema of the PostgreSQL store to the newest version. */

import type { Config } from '../config/load.ts';
import type { Call, Command } from './command.ts';
import { CONFIG_FLAGS, readConfig } from './config-file.ts';
import { Failure } from './failure.ts';

/** A step of the schema. */
export interface Step {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Does what is still to be done, or only says what it would be. @throws StoreFault */
export type Migrate = (config: Config, dryRun: boolean) => Promise<readonly Step[]>;

/** @param migrate What carries it out: the commands know no store. */
export function createMigrate(migrate: Migrate): Command {
  return {
    name: 'migrate',
    summary: 'Brings the schema of the PostgreSQL store to the newest version.',
    positionals: [],
    flags: {
      ...CONFIG_FLAGS,
      'dry-run': { type: 'boolean', help: 'Print the SQL that is to be run, and run none.' },
    },
    examples: [
      'lamplighter migrate --config lamplighter.yaml --dry-run',
      'lamplighter migrate --config lamplighter.yaml',
    ],
    run: (call) => run(call, migrate),
  };
}

async function run(call: Call, migrate: Migrate): Promise<number> {
  const config = await readConfig(call);
  const { type } = config.store;
  if (type !== 'postgres') throw new Failure(`store.type is ${type}, which has no schema`);
  const dryRun = call.switches.has('dry-run');
  const steps = await migrate(config, dryRun);
  const { print } = call.program;
  if (dryRun) for (const step of steps) print(`-- ${titleOf(step)}\n${step.sql.trim()}\n`);
  else for (const step of steps) print(`Done: ${titleOf(step)}.\n`);
  if (steps.length === 0) print(`${dryRun ? '-- ' : ''}The schema is the newest already.\n`);
  return 0;
}

const titleOf = ({ version, name }: Step) => `version ${version}, ${name}`;
