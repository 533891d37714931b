/**
 * Writes options out: for `config print` without the secrets, and for editors as a JSON Schema.
 */

import { z } from 'zod';
import type { Config } from './load.ts';
import { configSchema } from './schema.ts';
import { durationText, type OptionsSchema, sizeText } from './values.ts';
import { mapOptions } from './walk.ts';

type DialectSchemas = Readonly<Record<string, OptionsSchema>>;

/** The options in force as a file would say them, with `[secret]` for every secret. */
export function redact(config: Config, dialectSchemas: DialectSchemas): unknown {
  return mapOptions(configSchema(dialectSchemas), config, (value, { secret, unit }) => {
    if (secret) return '[secret]';
    if (typeof value !== 'number') return value;
    return unit === 'ms' ? durationText(value) : sizeText(value);
  });
}

/**
 * The longest time that any token of these options can live, in milliseconds: the longest that a
 * realm's session lives, or that a dialect's option names.
 */
export function longestLife(config: Config, dialectSchemas: DialectSchemas): number {
  const lives = Object.values(config.realms).map(({ session }) => session.max);
  for (const [name, schema] of Object.entries(dialectSchemas)) {
    mapOptions(schema, config.dialects[name], (value, { unit }) => {
      if (unit === 'ms' && typeof value === 'number') lives.push(value);
      return value;
    });
  }
  return Math.max(...lives);
}

/** What an editor needs to complete and check a config file (JSON Schema, 2020-12). */
export function configJsonSchema(dialectSchemas: DialectSchemas): unknown {
  return z.toJSONSchema(configSchema(dialectSchemas), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.secret === true) jsonSchema.writeOnly = true;
      delete jsonSchema.secret;
      delete jsonSchema.unit;
    },
  });
}
