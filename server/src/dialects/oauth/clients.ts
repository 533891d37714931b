/**
 * The registered clients, by realm and name.
 */

import type { Binding } from '../../engine/session.ts';
import type { Config } from './config.ts';

export interface Client {
  readonly id: string;
  readonly realm: string;
  /** Null for a public client, which can keep none. */
  readonly secret: string | null;
  readonly redirectUris: readonly string[];
  readonly grantTypes: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
  readonly impliedConsent: boolean;
}

export interface Clients {
  find(realm: string, id: string): Client | undefined;
  /** Every scope that some client of the realm may ask for. */
  scopes(realm: string): readonly string[];
}

export function createClients(config: Config): Clients {
  const clients = config.clients.map(clientOf);
  const byName = new Map(clients.map((client) => [keyOf(client.realm, client.id), client]));
  return {
    find: (realm, id) => byName.get(keyOf(realm, id)),
    scopes: (realm) => [
      ...new Set(clients.filter((one) => one.realm === realm).flatMap((one) => [...one.scopes])),
    ],
  };
}

/** A refresh token of a confidential client is bound to it by its authentication. */
export function bindingOf({ id, secret }: Client): Binding {
  return secret === null ? { kind: 'none', value: '' } : { kind: 'client', value: id };
}

function clientOf(registered: Config['clients'][number]): Client {
  const { client_id, client_secret, realm } = registered;
  return {
    id: client_id,
    realm,
    secret: client_secret ?? null,
    redirectUris: registered.redirect_uris,
    grantTypes: new Set(registered.grant_types),
    scopes: new Set(registered.scopes),
    impliedConsent: registered.implied_consent,
  };
}

/** A realm's name holds no blank. */
function keyOf(realm: string, id: string): string {
  return `${realm} ${id}`;
}
