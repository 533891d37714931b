/**
 * What options must be to each other. Looks at every part that is sound in itself, whatever is
 * wrong elsewhere, so that all errors are told at once.
 */

import type { z } from 'zod';
import { type Finding, pathText } from './errors.ts';
import { realm } from './realm.ts';
import { dialectOptions } from './schema.ts';
import type { OptionsSchema } from './values.ts';

type Values = Readonly<Record<string, unknown>>;
type Path = Finding['path'];

export function crossFindings(
  values: Values,
  dialectSchemas: Readonly<Record<string, OptionsSchema>>,
): Finding[] {
  const realms = asValues(values.realms);
  const dialects = asValues(values.dialects);
  const found = [...demoFindings(values), ...twinFindings(realms)];
  for (const [name, schema] of Object.entries(dialectOptions(dialectSchemas))) {
    const instances = instancesOf(schema, name, dialects[name]);
    found.push(...instances.flatMap((each) => instanceFindings(each, realms)));
    found.push(...hostFindings(instances));
  }
  return found;
}

/** A dialect's options, or one of several that it has. */
interface Instance {
  readonly at: Path;
  /** With their defaults: they can be wrong for this file as well. */
  readonly options: Values;
}

/** Those that are sound in themselves. */
function instancesOf(schema: OptionsSchema, name: string, written: unknown): Instance[] {
  const at = ['dialects', name];
  const listed = Array.isArray(written)
    ? written.map((each, index) => ({ at: [...at, index], written: each }))
    : [{ at, written }];
  return listed.flatMap((each) => {
    const options = sound(schema, each.written);
    return typeof options === 'object' && !Array.isArray(options)
      ? [{ at: each.at, options: asValues(options) }]
      : [];
  });
}

function instanceFindings({ at, options }: Instance, realms: Values): Finding[] {
  // Where there is no realm at all, that has been said.
  const unknown = Object.keys(realms).length > 0 ? unknownRealms(options, realms) : [];
  const life = options.access_token_life;
  return [
    ...unknown.map((path) =>
      finding([...at, ...path], 'expected the name of a realm of this file'),
    ),
    ...(typeof life === 'number' ? capFindings(realms, at, life) : []),
  ];
}

/** A request's host must tell which instance of a dialect is meant. */
function hostFindings(instances: readonly Instance[]): Finding[] {
  const takenBy = new Map<string, Path>();
  return instances.flatMap(({ at, options }) => {
    const hosts = Array.isArray(options.hosts) ? options.hosts.map(String) : [];
    // Under no name at all, every other host.
    return (hosts.length === 0 ? [''] : hosts).flatMap((host, index) => {
      const other = takenBy.get(host);
      if (other === undefined) takenBy.set(host, at);
      if (other === undefined || other === at) return [];
      return host === ''
        ? [finding([...at, 'hosts'], `expected hosts: ${pathText(other)} has none either`)]
        : [finding([...at, 'hosts', index], `${pathText(other)} has this host already`)];
    });
  });
}

/** Two people of a realm cannot sign in with the same thing. */
function twinFindings(realms: Values): Finding[] {
  return Object.entries(realms).flatMap(([name, options]) => {
    const seen = new Set<string>();
    const users = sound(realm, options)?.users ?? [];
    return users.flatMap((user, at) =>
      (['username', 'email'] as const).flatMap((member) => {
        const written = user[member]?.normalize('NFKC').toLowerCase();
        if (written === undefined) return [];
        const isTaken = seen.has(written);
        seen.add(written);
        const path = ['realms', name, 'users', at, member];
        return isTaken ? [finding(path, 'somebody else of this realm signs in with that')] : [];
      }),
    );
  });
}

/** Anybody who reads the documentation knows the secrets of a demo. */
function demoFindings({ demo, listen }: Values): Finding[] {
  const { host } = asValues(listen);
  if (demo !== true || typeof host !== 'string' || isLoopback(host)) return [];
  return [finding(['listen', 'host'], 'expected 127.0.0.1, ::1 or localhost: this is a demo')];
}

function isLoopback(host: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || host === 'localhost';
}

/** A token that could be retried after the access token beside it has expired helps nobody. */
function capFindings(realms: Values, dialect: Path, life: number): Finding[] {
  return Object.entries(realms).flatMap(([name, options]) => {
    const settings = sound(realm, options);
    const path = ['realms', name, 'retry', 'unbound_cap'];
    // Half the idle time is what an access token has at most (docs/decisions/0007).
    return settings === undefined ||
      settings.retry.unbound_cap < Math.min(life, settings.session.idle / 2)
      ? []
      : [
          finding(
            path,
            `must be shorter than ${pathText(dialect)}.access_token_life and half of session.idle`,
          ),
        ];
  });
}

/** The options that name a realm. */
const NAMES_OF_REALMS: readonly (string | number)[] = ['realm', 'top_realm'];

/** The paths of every one of them that names none. */
function unknownRealms(options: unknown, realms: Values): (string | number)[][] {
  if (typeof options !== 'object' || options === null) return [];
  const entries = Array.isArray(options) ? [...options.entries()] : Object.entries(options);
  return entries.flatMap(([step, value]: [string | number, unknown]) =>
    NAMES_OF_REALMS.includes(step) && typeof value === 'string' && !Object.hasOwn(realms, value)
      ? [[step]]
      : unknownRealms(value, realms).map((path) => [step, ...path]),
  );
}

function sound<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

function asValues(value: unknown): Values {
  return typeof value === 'object' && value !== null ? (value as Values) : {};
}

function finding(path: readonly (string | number)[], message: string): Finding {
  return { path, isName: false, message };
}
