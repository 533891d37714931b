/** A network between a store and PostgreSQL that a test can watch, cut, and freeze. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What a client sent (PostgreSQL, 54.7: message formats). */
export interface Sent {
  /** Which of the connections, from 0. */
  readonly connection: number;
  readonly sql: string;
  /** The name of the prepared statement; empty for the one that lives until the next. */
  readonly name: string;
}

export interface Proxy {
  /** The URL of before, through the proxy. */
  readonly url: string;
  readonly sent: Sent[];
  /** How many connections are open. */
  readonly open: number;
  /** Breaks every connection. */
  cut(): void;
  /** Nothing gets through any more, and nothing is broken. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/**
 * What becomes of what was sent: `cut` lets it go on and breaks the connection, `drop` breaks it
 * before, `hold` keeps it back for ever.
 */
export type Verdict = 'cut' | 'drop' | 'hold';

const SSL_REQUEST = 80_877_103;

/** @param onSent Called before what was sent goes on. */
export async function startProxy(
  target: string,
  onSent: (sent: Sent) => Verdict | undefined = () => undefined,
): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  const sent: Sent[] = [];
  let frozen = false;
  let connections = 0;
  const server = createServer((client) => {
    const backend = connect(Number(port), hostname);
    const pair = [client, backend] as const;
    const connection = connections++;
    const read = reader((sql, name) => sent.push({ connection, sql, name }));
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', end).on('close', end);
      if (frozen) socket.pause();
    }
    client.on('data', (chunk) => {
      const from = sent.length;
      read(chunk);
      const verdicts = sent.slice(from).map(onSent);
      if (verdicts.includes('drop')) end();
      else if (verdicts.includes('cut')) backend.write(chunk, () => setImmediate(end));
      else if (!verdicts.includes('hold')) backend.write(chunk);
    });
    backend.on('data', (chunk) => client.write(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const here = Object.assign(new URL(target), { host: `127.0.0.1:${address.port}` });
  const sockets = () => [...pairs].flat();
  return {
    url: here.href,
    sent,
    get open() {
      return pairs.size;
    },
    cut: () => {
      for (const socket of sockets()) socket.destroy();
    },
    freeze: () => {
      frozen = true;
      for (const socket of sockets()) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets()) socket.resume();
    },
    close: async () => {
      if (!server.listening) return;
      for (const socket of sockets()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Finds the statements in what a client sends, however it is cut into chunks. */
function reader(onStatement: (sql: string, name: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let hasBegun = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The first message has no letter in front.
      const head = hasBegun ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return;
      const body = rest.subarray(head + 4, end);
      const texts = body.toString('utf8').split('\0');
      const [first = '', second = ''] = texts;
      const letter = hasBegun ? String.fromCharCode(rest[0] ?? 0) : '';
      if (letter === 'Q') onStatement(first.trim(), '');
      if (letter === 'P') onStatement(second.trim(), first);
      if (!hasBegun) hasBegun = body.readInt32BE(0) !== SSL_REQUEST;
      rest = rest.subarray(end);
    }
  };
}
