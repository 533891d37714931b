/** `lamplighter check`: whether a server could start with these options here. Changes nothing. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { databaseUrl, rootSecretSource, storeDirectory } from '../config/data-directory.ts';
import type { Config } from '../config/load.ts';
import { readRootSecret } from '../keys/root-secret.ts';
import { systemRandom } from '../sessions/random.ts';
import type { Call, Command } from './command.ts';
import { CONFIG_FLAGS, readConfig } from './config-file.ts';
import { explain, Failure } from './failure.ts';
import { table } from './terminal/table.ts';

export const check: Command = {
  name: 'check',
  summary: 'Says whether a server could start with this config here. Changes nothing.',
  positionals: [],
  flags: {
    ...CONFIG_FLAGS,
    data: { type: 'string', value: 'DIR', help: 'The directory for everything that is kept.' },
  },
  examples: ['lamplighter check --config lamplighter.yaml --data /var/lib/lamplighter'],
  run,
};

async function run(call: Call): Promise<number> {
  const config = await readConfig(call);
  const { environment } = call.program;
  const findings = await Promise.allSettled([
    describeData(config, environment.databaseUrl),
    describeSecret(config, environment.rootSecret),
  ]);
  const wrong = findings.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (wrong.length > 0) throw new Failure(wrong.map((each) => explain(each).message).join('\n'));
  const [data = '', secret = ''] = findings.map((each) => ('value' in each ? each.value : ''));
  call.program.print(
    `${table([
      ['config', describeConfig(config)],
      ['data', data],
      ['secret', secret],
    ]).join('\n')}\n`,
  );
  return 0;
}

function describeConfig({ listen, realms, dialects, demo }: Config): string {
  const names = Object.entries(dialects).flatMap(([name, on]) => {
    if (on === undefined) return [];
    return Array.isArray(on) ? `${name} (${on.length} in a list)` : name;
  });
  const { host, port } = listen;
  return [
    `to listen on ${host}:${port}${demo ? ', as a demo' : ''}`,
    `realms: ${Object.keys(realms).join(', ')}`,
    `dialects: ${names.join(', ')}`,
  ].join('\n');
}

/** @throws Failure when a server could not keep its data there. */
async function describeData(config: Config, given: string | undefined): Promise<string> {
  const { data, store } = config;
  if (store.type === 'postgres') return describeDatabase(config, given);
  if (store.type === 'memory') return 'in memory, forgotten at the stop';
  const isThere = await checkDirectory(data);
  if (!isThere) return `${data}, to be made at the first start`;
  const rows = storeDirectory(data);
  return (await checkDirectory(rows)) ? data : `${data}, with nothing in it yet`;
}

/** Its host and name, and never its password. Whether it answers, the start of a server says. */
async function describeDatabase(config: Config, given: string | undefined): Promise<string> {
  const url = await databaseUrl(config, given).catch((error) => {
    throw new Failure(`store.url_file: ${explain(error).message}`);
  });
  if (url === undefined) {
    throw new Failure('store: postgres needs url, url_file, or LAMPLIGHTER_POSTGRES_URL');
  }
  if (!URL.canParse(url)) throw new Failure('store: the URL of the PostgreSQL store is not one');
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

/** Whether it is there. @throws Failure when it, or what it would be made in, cannot be used. */
async function checkDirectory(directory: string): Promise<boolean> {
  const found = await statOf(directory);
  if (found === undefined) {
    const parent = path.dirname(directory);
    if (parent !== directory) await checkDirectory(parent);
    return false;
  }
  if (!found.isDirectory()) throw new Failure(`data: ${directory} is not a directory`);
  const { R_OK, W_OK, X_OK } = constants;
  await access(directory, R_OK | W_OK | X_OK).catch(() => {
    throw new Failure(`data: this user may not write in ${directory}`);
  });
  return true;
}

async function statOf(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // A file where a directory should be: its own turn comes.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure(`data: ${file} cannot be looked at (${code})`);
  }
}

/** As the start of a server finds it, but none is made. @throws RootSecretRefusal */
async function describeSecret(config: Config, text: string | undefined): Promise<string> {
  const source = rootSecretSource(config, text);
  if (source.isForgotten) return 'made anew at each start';
  if (text === undefined && source.create && (await statOf(source.file)) === undefined) {
    return `${source.file}, to be made at the first start`;
  }
  await readRootSecret({ ...source, create: false, random: systemRandom.bytes });
  return text === undefined ? source.file : 'from LAMPLIGHTER_ROOT_SECRET';
}
