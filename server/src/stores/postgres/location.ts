/** Where a PostgreSQL is, as its URL says it, and how to name it without the password. */
import { StoreFault } from '../store.ts';

export interface Location {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const EXAMPLE = 'postgres://user:password@db.example:5432/lamplighter';

/**
 * Reads `postgres://user:password@host:port/database`; the port is 5432 unless told. For a socket
 * the host is its directory, percent-encoded, as in libpq.
 *
 * @throws StoreFault that shows nothing of the text: it has a password in it.
 */
export function parseLocation(url: string): Location {
  const parsed = URL.parse(url.trim());
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new StoreFault(`the URL of the PostgreSQL store is not one such as ${EXAMPLE}`);
  }
  const [option] = parsed.searchParams.keys();
  if (option !== undefined) {
    throw new StoreFault(
      `the URL of the PostgreSQL store has the parameter ${JSON.stringify(option)}: use the ` +
        'options of store in the config, such as tls',
    );
  }
  const location = {
    host: decode(parsed.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: Number(parsed.port || 5432),
    user: decode(parsed.username),
    password: decode(parsed.password),
    database: decode(parsed.pathname.slice(1)),
  };
  const missing = (['host', 'user', 'database'] as const).find((part) => location[part] === '');
  if (missing === undefined) return location;
  throw new StoreFault(`the URL of the PostgreSQL store has no ${missing}; one such as ${EXAMPLE}`);
}

/** For messages: no password, and no user either. */
export function nameOf({ host, port, database }: Location): string {
  return `the PostgreSQL database ${database} at ${host}:${port}`;
}

/** This machine, or a socket: nobody is on the way. */
export function isLocal({ host }: Location): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host) || ['::1', 'localhost'].includes(host) || host[0] === '/';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StoreFault('the URL of the PostgreSQL store has a % that encodes nothing');
  }
}
