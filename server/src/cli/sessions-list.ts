/** `lamplighter sessions list`: a person's sessions. */

import { systemClock } from '../sessions/clock.ts';
import { ACCOUNT_FLAGS } from './api/account.ts';
import type { SessionFacts, SessionPage } from './api/shapes.ts';
import { type Station, signedIn, terminalOf } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { wordOf } from './reasons.ts';
import { type Paint, painter } from './terminal/paint.ts';
import { table } from './terminal/table.ts';
import { jsonText, printable } from './terminal/terminal.ts';
import { relative } from './terminal/times.ts';

/** As many as the server gives at once. */
const PAGE = 100;

export const sessionsList: Command = {
  name: 'sessions list',
  summary: "Lists a person's sessions, oldest first.",
  positionals: [],
  flags: {
    subject: { type: 'string', value: 'SUBJECT', help: 'Whose. Default: who signs in.' },
    all: { type: 'boolean', help: 'Also those that have ended and are still remembered.' },
    ...ACCOUNT_FLAGS,
  },
  examples: [
    'lamplighter sessions list --subject ada',
    'lamplighter sessions list --subject ada --all --json',
  ],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, values, switches } = call;
  const { subject, sessions } = await signedIn(
    call,
    async () => undefined,
    async (station) => {
      const asked = values.subject ?? station.own.subject;
      return { subject: asked, sessions: await readAll(station, asked) };
    },
  );
  const isAll = switches.has('all');
  const shown = sessions.filter(({ alive }) => alive || isAll);
  if (switches.has('json')) {
    program.print(jsonText({ sessions: shown, next: null } satisfies SessionPage));
    return 0;
  }
  const { clock = systemClock } = program;
  const paint = painter(terminalOf(call).stdout);
  program.print(
    shown.length === 0
      ? `${printable(subject)} has no ${isAll ? '' : 'live '}session.\n`
      : listing(printable(shown), clock.now(), paint),
  );
  return 0;
}

/** Page by page; without the session of this command, which is over when the list is read. */
async function readAll({ api, own, realmPath }: Station, subject: string) {
  const sessions: SessionFacts[] = [];
  let after: string | null = '';
  while (after !== null) {
    const query = new URLSearchParams({ subject, limit: String(PAGE), ...(after && { after }) });
    const page: SessionPage = await api.send('GET', `${realmPath}/sessions?${query}`);
    sessions.push(...page.sessions.filter(({ id }) => id !== own.id));
    after = page.next;
  }
  return sessions;
}

function listing(sessions: readonly SessionFacts[], now: number, paint: Paint): string {
  const [headings = '', ...rows] = table([
    ['SESSION', 'THROUGH', 'SIGNED IN', 'LAST SEEN', 'END'],
    ...sessions.map((session) => [
      session.id,
      session.origin,
      relative(session.created_at, now),
      relative(session.last_access_at, now),
      endOf(session, now),
    ]),
  ]);
  return `${[paint('heading', headings), ...rows].join('\n')}\n`;
}

/** When it ended and why, or when it will unless it is used. */
function endOf({ end, idle_ends_at, ends_at }: SessionFacts, now: number): string {
  if (end) return `${relative(end.at, now)}: ${wordOf(end.reason)}`;
  return relative(idle_ends_at < ends_at ? idle_ends_at : ends_at, now);
}
