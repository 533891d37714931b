/** `lamplighter config schema`: what an editor needs to complete and check a config file. */

import { configJsonSchema } from '../config/print.ts';
import type { Call, Command } from './command.ts';

export const configSchema: Command = {
  name: 'config schema',
  summary: 'Prints the JSON Schema of the config file, for editors.',
  positionals: [],
  flags: {},
  examples: ['lamplighter config schema > lamplighter.schema.json'],
  run,
};

async function run({ program }: Call): Promise<number> {
  program.print(`${JSON.stringify(configJsonSchema(program.dialectSchemas), null, 2)}\n`);
  return 0;
}
