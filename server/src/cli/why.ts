/** `lamplighter why`: what became of a session, and why. */

import { systemClock } from '../sessions/clock.ts';
import { ACCOUNT_FLAGS } from './api/account.ts';
import type { WhyFacts } from './api/shapes.ts';
import { signedIn, terminalOf } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { readSessionId } from './session-id.ts';
import { painter } from './terminal/paint.ts';
import { jsonText, printable } from './terminal/terminal.ts';
import { whyStory } from './why-story.ts';

export const why: Command = {
  name: 'why',
  summary: 'Tells the story of a session: what ended it, or what will.',
  positionals: ['SESSION_ID'],
  flags: ACCOUNT_FLAGS,
  examples: ['lamplighter why 5y8k0d2m7q4w9x1z', 'lamplighter why 5y8k0d2m7q4w9x1z --json'],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, positionals, switches } = call;
  const id = readSessionId(positionals[0]);
  const facts = await signedIn(
    call,
    async () => undefined,
    ({ api, realmPath }) => api.send<WhyFacts>('GET', `${realmPath}/sessions/${id}/why`),
  );
  const { clock = systemClock } = program;
  const paint = painter(terminalOf(call).stdout);
  program.print(
    switches.has('json') ? jsonText(facts) : whyStory(printable(facts), clock.now(), paint),
  );
  return 0;
}
