/** `lamplighter config print`: every option that is in force, without the secrets. */

import { stringify } from 'yaml';
import { redact } from '../config/print.ts';
import type { Call, Command } from './command.ts';
import { CONFIG_FLAGS, readConfig } from './config-file.ts';

export const configPrint: Command = {
  name: 'config print',
  summary: 'Prints every option in force, defaults included and secrets left out.',
  positionals: [],
  flags: CONFIG_FLAGS,
  examples: ['lamplighter config print --config lamplighter.yaml'],
  run,
};

async function run(call: Call): Promise<number> {
  const { print, dialectSchemas } = call.program;
  print(stringify(redact(await readConfig(call), dialectSchemas)));
  return 0;
}
