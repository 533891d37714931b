/**
 * Reads a config: text, environment and flags in, options or all that is wrong with them out.
 */

import path from 'node:path';
import type { z } from 'zod';
import { crossFindings } from './cross-checks.ts';
import type { Environment } from './environment.ts';
import { type ConfigError, type ConfigErrors, type Finding, findings, pathText } from './errors.ts';
import { configSchema, type Options } from './schema.ts';
import { type Path, readSource, type Source } from './source.ts';
import type { OptionsSchema } from './values.ts';

/** What flags say instead of the file. */
export interface ConfigFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  /** Relative to the working directory. */
  readonly data?: string | undefined;
}

export interface ConfigAsk {
  readonly text: string;
  /** For messages, and for the paths that are relative to it. */
  readonly file: string;
  readonly dialectSchemas: Readonly<Record<string, OptionsSchema>>;
  readonly environment: Pick<Environment, 'logLevel'>;
  readonly flags: ConfigFlags;
}

/** The options in force, every path absolute. */
export interface Config extends Options {
  readonly data: string;
  readonly root_secret_file: string | undefined;
}

export function loadConfig(ask: ConfigAsk): Config | ConfigErrors {
  const { file } = ask;
  const source = readSource(ask.text);
  if ('errors' in source) return { file, errors: source.errors };

  const { values, overlaid } = overlay(source.values, ask);
  const schema = configSchema(ask.dialectSchemas);
  const found = [...findings(schema, values), ...crossFindings(values, ask.dialectSchemas)];
  if (found.length > 0) {
    const errors = found.map((finding) => located(finding, source, values, overlaid));
    return { file, errors: inOrder(errors) };
  }
  return withPaths(schema.parse(values), ask);
}

interface Overlay {
  readonly values: Readonly<Record<string, unknown>>;
  /** What was not said by the file, and who said it. */
  readonly overlaid: ReadonlyMap<string, string>;
}

/** The file's values, with what the environment and the flags say in their place. */
function overlay(values: Readonly<Record<string, unknown>>, ask: ConfigAsk): Overlay {
  const overlaid = new Map<string, string>();
  const { host, port } = ask.flags;
  const { logLevel } = ask.environment;
  const listen: Record<string, unknown> = {};
  const log: Record<string, unknown> = {};
  if (host !== undefined) {
    listen.host = host;
    overlaid.set('listen.host', '--host');
  }
  if (port !== undefined) {
    listen.port = /^\d{1,5}$/.test(port) ? Number(port) : port;
    overlaid.set('listen.port', '--port');
  }
  if (logLevel !== undefined) {
    log.level = logLevel;
    overlaid.set('log.level', 'LAMPLIGHTER_LOG_LEVEL');
  }
  return {
    values: {
      ...values,
      listen: merged(values.listen, listen),
      log: merged(values.log, log),
    },
    overlaid,
  };
}

function merged(section: unknown, over: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(over).length === 0) return section;
  return typeof section === 'object' && section !== null && !Array.isArray(section)
    ? { ...section, ...over }
    : (section ?? over);
}

function located(
  { path: steps, isName, message }: Finding,
  source: Source,
  values: unknown,
  overlaid: ReadonlyMap<string, string>,
): ConfigError {
  const where = pathText(steps);
  const flag = overlaid.get(where);
  if (flag !== undefined) return { path: flag, line: null, column: null, message };
  const { line, column } = isName ? source.placeOfKey(steps) : source.placeOf(steps);
  const isMissing = !isName && valueAt(values, steps) === undefined;
  const said = isMissing && message.startsWith('expected ') ? `missing, ${message}` : message;
  return { path: where, line, column, message: said };
}

function valueAt(values: unknown, steps: Path): unknown {
  let value = values;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** As they stand in the file; what is not from the file comes first. */
function inOrder(errors: readonly ConfigError[]): ConfigError[] {
  return errors.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function withPaths(options: z.output<ReturnType<typeof configSchema>>, ask: ConfigAsk): Config {
  const folder = path.dirname(path.resolve(ask.file));
  const { data, root_secret_file: secretFile } = options;
  const dataInFile = data === undefined ? path.resolve('data') : path.resolve(folder, data);
  return {
    ...options,
    data: ask.flags.data === undefined ? dataInFile : path.resolve(ask.flags.data),
    root_secret_file: secretFile === undefined ? undefined : path.resolve(folder, secretFile),
  };
}
