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

/** What an editor needs to complete and check a config file (JSON Schema, 2020-12). */
export function configJsonSchema(dialectSchemas: DialectSchemas): unknown {
  return z.toJSONSchema(configSchema(dialectSchemas), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.secret === true) jsonSchema.writeOnly = true;
      delete jsonSchema.secret;
      delete jsonSchema.unit;
      delete jsonSchema.tokenLife;
    },
  });
}
