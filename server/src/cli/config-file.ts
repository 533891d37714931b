/** Finds and reads the config file that a command is to work with. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorLines } from '../config/errors.ts';
import { type Config, loadConfig } from '../config/load.ts';
import type { Call, Flag } from './command.ts';
import { Failure } from './failure.ts';

/** What is served when nothing else is asked for. */
const DEMO = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));

export const CONFIG_FLAGS: Readonly<Record<string, Flag>> = {
  config: {
    type: 'string',
    value: 'FILE',
    help: 'The config file. Default: LAMPLIGHTER_CONFIG, or a demo with well-known passwords.',
  },
};

/** @throws Failure when there is no such file, or with all that is wrong in it. */
export async function readConfig({ values, program }: Call): Promise<Config> {
  const { environment, dialectSchemas } = program;
  const file = values.config ?? environment.config ?? DEMO;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error && 'code' in error ? error.code : 'unknown error';
    const word = why === 'ENOENT' ? 'there is no such file' : `it cannot be read (${why})`;
    throw new Failure(`config ${file}: ${word}`);
  });
  const { host, port, data } = values;
  const flags = { host, port, data };
  const config = loadConfig({ text, file, dialectSchemas, environment, flags });
  if ('errors' in config) throw new Failure(`the config cannot be used\n${errorLines(config)}`);
  return config;
}
