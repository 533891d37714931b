/**
 * What every handler of this dialect works with.
 */

import type { Services, WireAnswer, WireRequest } from '../dialect.ts';
import type { AccessTokens, Confirmation } from './access-token.ts';
import type { Client, Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { Parameters } from './decode.ts';
import type { Dpop } from './dpop.ts';
import type { Forms } from './forms.ts';
import type { Seal } from './seal.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly clients: Clients;
  readonly accessTokens: AccessTokens;
  readonly dpop: Dpop;
  readonly seals: { readonly pushed: Seal; readonly device: Seal };
  readonly forms: Forms;
}

/** A handler of an endpoint; the realm is one that exists. */
export type Handle = (request: WireRequest, realm: string) => Promise<WireAnswer>;

/** A call to the token endpoint of an authenticated client that may use the grant type. */
export interface TokenCall {
  readonly request: WireRequest;
  readonly realm: string;
  readonly form: Parameters;
  readonly client: Client;
  /** What the tokens are to be bound to. */
  readonly cnf: Confirmation | undefined;
}

/** What answers the calls of one grant type. */
export type GrantType = (call: TokenCall) => Promise<WireAnswer>;
