/**
 * What the parts of the s360 dialect are given.
 */

import type { Services } from '../dialect.ts';
import type { Config } from './config.ts';
import type { ContextTokens } from './context-token.ts';
import type { Answers } from './encode.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly answers: Answers;
  readonly contextTokens: ContextTokens;
}
