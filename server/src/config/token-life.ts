/** How long a key must stay in the ring: while anybody may come back with a token that it made. */

import type { Config } from './load.ts';
import { configSchema } from './schema.ts';
import type { OptionsSchema } from './values.ts';
import { mapOptions } from './walk.ts';

/**
 * Milliseconds: the longest life that a token of these options can have, and then the longest that
 * an end is remembered. A token that is over is still told why, which takes the key that made it.
 */
export function longestTokenLife(
  config: Config,
  dialectSchemas: Readonly<Record<string, OptionsSchema>>,
): number {
  const lives: number[] = [];
  mapOptions(configSchema(dialectSchemas), config, (value, { tokenLife }) => {
    if (tokenLife) lives.push(Number(value));
    return value;
  });
  const remembered = Object.values(config.realms).map((realm) => realm.remember_ended);
  return Math.max(...lives) + Math.max(...remembered);
}
