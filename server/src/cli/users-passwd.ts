/** `lamplighter users passwd`: gives a user another password, which ends all their sessions. */

import { ACCOUNT_FLAGS } from './api/account.ts';
import { signedIn, terminalOf } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { NEW_PASSWORD_FLAGS, readNewPassword } from './new-password.ts';
import { jsonText } from './terminal/terminal.ts';

export const usersPasswd: Command = {
  name: 'users passwd',
  summary: 'Gives a user another password, which ends all their sessions.',
  positionals: ['SUBJECT'],
  flags: { ...NEW_PASSWORD_FLAGS, ...ACCOUNT_FLAGS },
  examples: ['lamplighter users passwd ada', 'lamplighter users passwd ada < new-password'],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, positionals, switches } = call;
  const [subject = ''] = positionals;
  const answer = await signedIn(
    call,
    (prompt) => readNewPassword(call, prompt, terminalOf(call).stdin, subject),
    async ({ api, account, own, realmPath }, password) => {
      const isOwn = subject === own.subject;
      const path = `${realmPath}/users/${encodeURIComponent(subject)}/password`;
      const { ended } = await api.send<{ ended: number }>('PUT', path, {
        password,
        ...(isOwn && { current_password: account.password }),
      });
      // The session of this command is nobody's news.
      return { ended: isOwn ? Math.max(0, ended - 1) : ended };
    },
  );
  const ends = answer.ended === 1 ? '1 session was' : `${answer.ended} sessions were`;
  const said = `The password of ${subject} is changed, and ${ends} ended.`;
  program.print(switches.has('json') ? jsonText(answer) : `${said}\n`);
  return 0;
}
