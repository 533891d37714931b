/**
 * What every handler of the forgerock dialect is given.
 */

import type { Services } from '../dialect.ts';
import type { AuthIds } from './auth-id.ts';
import type { Config } from './config.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly authIds: AuthIds;
}
