/**
 * The wire: plain HTTP requests to a running server, with every header as it is told.
 */

import { Agent, request as httpRequest } from 'node:http';

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case; several of a name are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
}

export interface Wire {
  send(ask: Ask): Promise<Answer>;
  close(): void;
}

const TIMEOUT_MS = 15_000;

/** @param sockets Connections at once; further requests wait for one. */
export function openWire(base: string, sockets = 64): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const { hostname, port } = new URL(base);
  return {
    send: (ask) =>
      new Promise((resolve, reject) => {
        const { method, path, headers = {}, body = '' } = ask;
        const length = Buffer.byteLength(body);
        const sent = httpRequest(
          {
            ...{ agent, hostname, port, method, path, timeout: TIMEOUT_MS },
            headers:
              length > 0 || method === 'POST' ? { 'Content-Length': length, ...headers } : headers,
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const joined = Object.entries(response.headers).map(([name, value]) => [
                name,
                String(value),
              ]);
              resolve({
                status: response.statusCode ?? 0,
                headers: Object.fromEntries(joined),
                cookies: response.headers['set-cookie'] ?? [],
                body: Buffer.concat(chunks).toString('utf8'),
              });
            });
          },
        );
        sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export function form(fields: Readonly<Record<string, string>>): Pick<Ask, 'body'> & {
  headers: Record<string, string>;
} {
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

export function json(value: unknown): Pick<Ask, 'body'> & { headers: Record<string, string> } {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

/** The value of a cookie that an answer sets. */
export function cookieOf(answer: Answer, name: string): string | undefined {
  for (const cookie of answer.cookies) {
    const [pair = ''] = cookie.split(';');
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return undefined;
}
