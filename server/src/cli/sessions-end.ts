/** `lamplighter sessions end`: ends one session, or all of a person's. */

import { ACCOUNT_FLAGS } from './api/account.ts';
import { signedIn } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { Failure, MISUSED } from './failure.ts';
import { readSessionId } from './session-id.ts';
import type { Prompt } from './terminal/prompt.ts';
import { jsonText } from './terminal/terminal.ts';

export const sessionsEnd: Command = {
  name: 'sessions end',
  summary: "Ends a session, or all of a person's.",
  positionals: ['[SESSION_ID]'],
  flags: {
    subject: { type: 'string', value: 'SUBJECT', help: 'End all sessions of this person.' },
    yes: { type: 'boolean', help: 'Do not ask before all are ended.' },
    ...ACCOUNT_FLAGS,
  },
  examples: [
    'lamplighter sessions end 5y8k0d2m7q4w9x1z',
    'lamplighter sessions end --subject ada',
    'lamplighter sessions end --subject ada --yes',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { values, positionals } = call;
  const { subject } = values;
  const [id] = positionals;
  if ((id === undefined) === (subject === undefined)) {
    const which = id === undefined ? 'a SESSION_ID, or --subject SUBJECT' : 'one of them';
    throw new Failure(`sessions end needs ${which}; see lamplighter sessions list`, MISUSED);
  }
  return subject === undefined ? endOne(call, readSessionId(id)) : endAll(call, subject);
}

async function endOne(call: Call, id: string): Promise<number> {
  const answer = await signedIn(
    call,
    async () => undefined,
    ({ api, realmPath }) => api.send<{ ended: boolean }>('DELETE', `${realmPath}/sessions/${id}`),
  );
  const said = answer.ended ? `Session ${id} is ended.` : `Session ${id} had ended before.`;
  call.program.print(call.switches.has('json') ? jsonText(answer) : `${said}\n`);
  return 0;
}

async function endAll(call: Call, subject: string): Promise<number> {
  const { program, switches } = call;
  const answer = await signedIn(
    call,
    (prompt, { realm }) =>
      consent(call, prompt, `End all sessions of ${subject} in realm ${realm}?`),
    async ({ api, own, realmPath }) => {
      const query = new URLSearchParams({ subject });
      const { ended } = await api.send<{ ended: number }>(
        'DELETE',
        `${realmPath}/sessions?${query}`,
      );
      // The session of this command is nobody's news.
      return { ended: subject === own.subject ? Math.max(0, ended - 1) : ended };
    },
  );
  const { ended } = answer;
  const count = ended === 1 ? '1 session' : `${ended === 0 ? 'No' : ended} sessions`;
  const said = `${count} of ${subject} ended.`;
  program.print(switches.has('json') ? jsonText(answer) : `${said}\n`);
  return 0;
}

/** Nothing has been sent yet. @throws Failure unless the answer is yes. */
async function consent({ switches }: Call, prompt: Prompt, question: string): Promise<void> {
  if (switches.has('yes')) return;
  if (!prompt.isPossible) {
    throw new Failure(`${question} Without a terminal to ask at, say so with --yes`, MISUSED);
  }
  if (!(await prompt.confirm(question))) throw new Failure('nothing was ended');
}
