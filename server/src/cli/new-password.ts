/** Owns where a new password comes from: a file, a pipe, or two hidden answers that agree. */

import { readSecretFile } from './api/account.ts';
import type { Call, Flag } from './command.ts';
import { Failure, MISUSED } from './failure.ts';
import type { Prompt } from './terminal/prompt.ts';
import type { Input } from './terminal/terminal.ts';

/** Far more than any password; whatever is longer was not meant for this. */
const PIPED_MAX = 64 * 1024;

export const NEW_PASSWORD_FLAGS = {
  'new-password-file': {
    type: 'string',
    value: 'FILE',
    help: 'Holds the new password. Default: standard input, or a question.',
  },
} as const satisfies Readonly<Record<string, Flag>>;

export async function readNewPassword(
  { values }: Call,
  prompt: Prompt,
  stdin: Input,
  whose: string,
): Promise<string> {
  const file = values['new-password-file'];
  if (file !== undefined) return readSecretFile('--new-password-file', file);
  if (!prompt.isPossible) return readPiped(stdin);
  const chosen = await prompt.secret(`New password of ${whose}: `);
  if (chosen === '') throw new Failure('no new password was given; nothing was changed', MISUSED);
  if ((await prompt.secret('The same again: ')) === chosen) return chosen;
  throw new Failure('the two are not the same; nothing was changed');
}

/** The first line. */
async function readPiped(stdin: Input): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > PIPED_MAX) throw new Failure('standard input holds no password: it is too long');
    chunks.push(bytes);
  }
  const [line = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1);
  if (line !== '') return line;
  const ways = 'pipe it in, give --new-password-file FILE, or run it at a terminal';
  throw new Failure(`the new password is needed: ${ways}`, MISUSED);
}
