/** `lamplighter users add`: makes a user. */

import { ACCOUNT_FLAGS } from './api/account.ts';
import type { PersonFacts } from './api/shapes.ts';
import { signedIn, terminalOf } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { NEW_PASSWORD_FLAGS, readNewPassword } from './new-password.ts';
import { jsonText, printable } from './terminal/terminal.ts';

export const usersAdd: Command = {
  name: 'users add',
  summary: 'Makes a user.',
  positionals: ['USERNAME'],
  flags: {
    email: { type: 'string', value: 'ADDRESS', help: 'Signs in as well as the user name does.' },
    name: { type: 'string', value: 'NAME', help: 'In Latin letters. Default: the user name.' },
    'name-ar': { type: 'string', value: 'NAME', help: 'In Arabic letters.' },
    mobile: { type: 'string', value: 'NUMBER', help: 'A telephone number.' },
    role: { type: 'string', value: 'ROLE', help: 'user (default), agent or administrator.' },
    ...NEW_PASSWORD_FLAGS,
    ...ACCOUNT_FLAGS,
  },
  examples: [
    'lamplighter users add nour --email nour@example.com --name "Nour Haddad"',
    'lamplighter users add nour --role agent --new-password-file first-password',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, values, positionals, switches } = call;
  const [username = ''] = positionals;
  const { email, name, 'name-ar': nameAr, mobile, role } = values;
  const person = await signedIn(
    call,
    (prompt) => readNewPassword(call, prompt, terminalOf(call).stdin, username),
    ({ api, realmPath }, password) => {
      const draft = { username, password, email, name, name_ar: nameAr, mobile, role };
      return api.send<PersonFacts>('POST', `${realmPath}/users`, draft);
    },
  );
  const { username: made, role: has } = printable(person);
  program.print(switches.has('json') ? jsonText(person) : `User ${made} is made, role ${has}.\n`);
  return 0;
}
