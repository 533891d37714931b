/**
 * The tenant's applications: which there are, and whether a secret is one's own.
 */

import { sameSecret } from '../secrets.ts';
import type { Config } from './config.ts';

export interface Clients {
  readonly ids: readonly string[];
  isKnown(id: string): boolean;
  /** Takes as long for an unknown application as for a wrong secret. */
  hasSecret(id: string, secret: string): boolean;
}

export function createClients({ tenant_clients }: Config): Clients {
  const secrets = new Map(tenant_clients.map((one) => [one.client_id, one.client_secret]));
  return {
    ids: [...secrets.keys()],
    isKnown: (id) => secrets.has(id),
    hasSecret: (id, secret) => sameSecret(secret, secrets.get(id) ?? '') && secrets.has(id),
  };
}
