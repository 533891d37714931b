/**
 * What options must be to each other. Looks at every part that is sound in itself, whatever is
 * wrong elsewhere, so that all errors are told at once.
 */

import type { z } from 'zod';
import type { Finding } from './errors.ts';
import { realm } from './realm.ts';
import { dialectOptions } from './schema.ts';
import type { OptionsSchema } from './values.ts';

type Values = Readonly<Record<string, unknown>>;

export function crossFindings(
  values: Values,
  dialectSchemas: Readonly<Record<string, OptionsSchema>>,
): Finding[] {
  const realms = asValues(values.realms);
  const dialects = asValues(values.dialects);
  const found = [...demoFindings(values), ...twinFindings(realms)];
  for (const [name, schema] of Object.entries(dialectOptions(dialectSchemas))) {
    // With its defaults: they can be wrong for this file as well.
    const options = sound(schema, dialects[name]);
    if (options === undefined) continue;
    const at = ['dialects', name];
    // Where there is no realm at all, that has been said.
    const unknown = Object.keys(realms).length > 0 ? unknownRealms(options, realms) : [];
    for (const path of unknown) {
      found.push(finding([...at, ...path], 'expected the name of a realm of this file'));
    }
    const life = asValues(options).access_token_life;
    if (typeof life === 'number') found.push(...capFindings(realms, name, life));
  }
  return found;
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
function capFindings(realms: Values, dialect: string, life: number): Finding[] {
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
            `must be shorter than dialects.${dialect}.access_token_life and half of session.idle`,
          ),
        ];
  });
}

/** The paths of every option called `realm` that names none. */
function unknownRealms(options: unknown, realms: Values): (string | number)[][] {
  if (typeof options !== 'object' || options === null) return [];
  const entries = Array.isArray(options) ? [...options.entries()] : Object.entries(options);
  return entries.flatMap(([step, value]: [string | number, unknown]) =>
    step === 'realm' && typeof value === 'string' && !Object.hasOwn(realms, value)
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
