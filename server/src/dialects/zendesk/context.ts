/**
 * What every handler of the zendesk dialect is given.
 */

import type { Services } from '../dialect.ts';
import type { SecretSet } from '../secrets.ts';
import type { Config } from './config.ts';
import type { Rates } from './rates.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly apiTokens: SecretSet<Config['api_tokens'][number]>;
  readonly rates: Rates;
}
