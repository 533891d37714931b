/** Goes through options beside their schema, to the values that have a meaning of their own. */

import { z } from 'zod';
import type { OptionsSchema } from './values.ts';

/** What `values.ts` says of a value. */
export interface Kind {
  readonly secret: boolean;
  readonly unit: 'ms' | 'B' | undefined;
  readonly tokenLife: boolean;
}

/**
 * The options again, with every value that is a secret or has a unit replaced. Where a value may
 * be one of several things, what any of them says of it counts.
 */
export function mapOptions(
  schema: z.core.SomeType,
  value: unknown,
  replace: (value: unknown, kind: Kind) => unknown,
): unknown {
  if (value === undefined || value === null) return value;
  const kind = kindOf(schema as OptionsSchema);
  if (kind) return replace(value, kind);
  const go = (inner: z.core.SomeType, of: unknown) => mapOptions(inner, of, replace);
  if (schema instanceof z.ZodObject) {
    return mapEntries(value, (name, each) => {
      const inner: z.core.SomeType | undefined = schema.shape[name];
      return inner ? go(inner, each) : each;
    });
  }
  if (schema instanceof z.ZodRecord)
    return mapEntries(value, (_, each) => go(schema.valueType, each));
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((each) => go(schema.element, each));
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.reduce((mapped: unknown, option) => go(option, mapped), value);
  }
  if (schema instanceof z.ZodPipe) return go(schema.in, value);
  if (isWrapper(schema)) return go(schema.unwrap(), value);
  return value;
}

function kindOf(schema: OptionsSchema): Kind | undefined {
  const { secret, unit, tokenLife } = z.globalRegistry.get(schema) ?? {};
  if (secret !== true && unit !== 'ms' && unit !== 'B') return undefined;
  return {
    secret: secret === true,
    unit: unit === 'ms' || unit === 'B' ? unit : undefined,
    tokenLife: tokenLife === true,
  };
}

function isWrapper(schema: z.core.SomeType) {
  return (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  );
}

function mapEntries(value: unknown, map: (name: string, each: unknown) => unknown): unknown {
  // A list has an option of its own in the schema, beside the one for a single object.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, map(name, each)]));
}
