/**
 * What the parts of the s360 dialect are given.
 */

import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';
import type { ExternalSystem } from './systems.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly systems: ReadonlyMap<string, ExternalSystem>;
}
