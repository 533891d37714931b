/**
 * The registry: the dialects that this server can speak. One more is a folder and a line here.
 */

import type { Dialect, DialectModule, Services } from './dialect.ts';
import { forgerock } from './forgerock/index.ts';
import { idaas } from './idaas/index.ts';
import { native } from './native/index.ts';
import { oauth } from './oauth/index.ts';
import { openPeers, type Peers } from './peers.ts';
import { s360 } from './s360/index.ts';
import { zendesk } from './zendesk/index.ts';

const ENTRIES = [
  entry(native),
  entry(forgerock),
  entry(oauth),
  entry(s360),
  entry(idaas),
  entry(zendesk),
];

/** The schema of each dialect's options, by the dialect's name. */
export const dialectSchemas = Object.fromEntries(ENTRIES.map(({ name, schema }) => [name, schema]));

/**
 * The dialects that the config has switched on, known to one another.
 * @param options The options of each, as its schema gave them: of one instance, or a list of several.
 *   A dialect without any is off.
 */
export function createDialects(
  services: Omit<Services, keyof Peers>,
  options: Readonly<Record<string, unknown>>,
  { join, ...peers }: Peers = openPeers(),
): readonly Dialect[] {
  const all = { ...services, ...peers };
  return ENTRIES.flatMap(({ name, create }) =>
    instancesOf(options[name]).map((each) => join(create(all, each))),
  );
}

function instancesOf(options: unknown): readonly unknown[] {
  if (options === undefined) return [];
  return Array.isArray(options) ? options : [options];
}

/** Forgets the type of the options: they are handed back to the module whose schema gave them. */
function entry<Schema, Config>({ name, schema, create }: DialectModule<Schema, Config>) {
  return {
    name,
    schema,
    create: (services: Services, options: unknown) => create(services, options as Config),
  };
}
