/**
 * The options of the native dialect.
 */

import { z } from 'zod';
import { name } from '../../config/values.ts';

export const schema = z
  .strictObject({
    realm: name('The realm whose administrators may list and rotate the keys.').default('alpha'),
  })
  .describe("Lamplighter's own HTTP API, which the CLI and the console use.");

export type Config = z.output<typeof schema>;
