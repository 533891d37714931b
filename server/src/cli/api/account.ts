/** Owns who a command signs in as, where, and with what password. */

import { readFile } from 'node:fs/promises';
import type { Call, Flag } from '../command.ts';
import { Failure, MISUSED } from '../failure.ts';
import type { Prompt } from '../terminal/prompt.ts';
import type { Terminal } from '../terminal/terminal.ts';

const LOCAL_URL = 'http://127.0.0.1:8080';

/** What every command that asks a server understands. */
export const ACCOUNT_FLAGS = {
  url: {
    type: 'string',
    value: 'URL',
    help: `The server. Default: LAMPLIGHTER_URL, or ${LOCAL_URL}.`,
  },
  realm: { type: 'string', value: 'REALM', help: 'The realm. Default: alpha.' },
  user: { type: 'string', value: 'USER', help: 'Who signs in. Default: LAMPLIGHTER_USER.' },
  'password-file': {
    type: 'string',
    value: 'FILE',
    help: 'Holds the password. Default: LAMPLIGHTER_PASSWORD, or a question.',
  },
  json: { type: 'boolean', help: "Print the API's own JSON." },
} as const satisfies Readonly<Record<string, Flag>>;

export interface Account {
  /** Without a slash at the end. */
  readonly url: string;
  readonly realm: string;
  readonly user: string;
  readonly password: string;
}

/** @throws Failure, exit code 2, when something is missing. */
export async function readAccount(
  { values, program }: Call,
  prompt: Prompt,
  { stderr }: Terminal,
): Promise<Account> {
  const { environment } = program;
  const url = readUrl(values.url ?? environment.url ?? LOCAL_URL);
  const realm = values.realm ?? 'alpha';
  const user = values.user ?? environment.user;
  if (user === undefined) {
    const variables = 'Set LAMPLIGHTER_USER and LAMPLIGHTER_PASSWORD';
    const flags = 'give --user USER and --password-file FILE';
    throw new Failure(`who signs in? ${variables}, or ${flags}`, MISUSED);
  }
  if (isOpen(url)) stderr.write(`lamplighter: the password goes to ${url} unencrypted\n`);
  const file = values['password-file'];
  const password =
    file === undefined
      ? (environment.password ?? (await askPassword(user, realm, prompt)))
      : await readSecretFile('--password-file', file);
  return { url, realm, user, password };
}

async function askPassword(user: string, realm: string, prompt: Prompt): Promise<string> {
  if (prompt.isPossible) return prompt.secret(`Password of ${user} in realm ${realm}: `);
  const ways = 'set LAMPLIGHTER_PASSWORD, give --password-file FILE, or run it at a terminal';
  throw new Failure(`the password of ${user} is needed: ${ways}`, MISUSED);
}

/** The first line is the secret. @param flag What named the file, for messages. */
export async function readSecretFile(flag: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new Failure(`${flag} ${file}: ${why}`);
  });
  const [secret = ''] = text.split(/\r?\n/, 1);
  if (secret === '') throw new Failure(`${flag} ${file}: its first line is empty`);
  return secret;
}

function readUrl(written: string): string {
  const url = URL.parse(written);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure(`the URL of the server must be like ${LOCAL_URL}`, MISUSED);
  }
  if (url.username !== '' || url.password !== '') {
    const where = 'LAMPLIGHTER_USER and LAMPLIGHTER_PASSWORD';
    throw new Failure(`no name and no password in the URL: they stand in ${where}`, MISUSED);
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Whether others may listen on the way. */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
