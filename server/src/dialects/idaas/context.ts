/**
 * What the handlers share.
 */

import type { Services } from '../dialect.ts';
import { type Callers, createCallers } from './caller.ts';
import { type Clients, createClients } from './clients.ts';
import { type CodeSender, createCodeSender } from './code-sender.ts';
import { type Codes, createCodes } from './codes.ts';
import type { Config } from './config.ts';
import { createOpening, type Open } from './opening.ts';
import { createSessionTokens, type SessionTokens } from './session-tokens.ts';
import { createSignatures, type Signatures } from './signatures.ts';
import { createStateTokens, type StateTokens } from './state-tokens.ts';
import { createSubscribers, type Subscribers } from './subscribers.ts';
import { createTenantTokens, type TenantTokens } from './tenant-tokens.ts';
import { createTickets, type Tickets } from './tickets.ts';

export interface Context {
  readonly services: Services;
  readonly config: Config;
  readonly clients: Clients;
  readonly tenantTokens: TenantTokens;
  readonly callers: Callers;
  readonly open: Open;
  readonly sessionTokens: SessionTokens;
  readonly stateTokens: StateTokens;
  readonly tickets: Tickets;
  readonly signatures: Signatures;
  readonly subscribers: Subscribers;
  readonly codes: Codes;
  /** Undefined when nobody brings codes. */
  readonly sender: CodeSender | undefined;
}

export function createContext(services: Services, config: Config): Context {
  const clients = createClients(config);
  const tenantTokens = createTenantTokens(services, clients.ids, config);
  return {
    services,
    config,
    clients,
    tenantTokens,
    callers: createCallers(config, clients, tenantTokens),
    open: createOpening(services, config),
    sessionTokens: createSessionTokens(services, config),
    stateTokens: createStateTokens(services, config),
    tickets: createTickets(services, config),
    signatures: createSignatures(config, services.clock),
    subscribers: createSubscribers(services, config),
    codes: createCodes(services, config),
    sender: createCodeSender(services, config),
  };
}
