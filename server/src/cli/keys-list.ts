/** `lamplighter keys list`: the keys of the server, without the keys themselves. */

import { systemClock } from '../sessions/clock.ts';
import { ACCOUNT_FLAGS } from './api/account.ts';
import type { KeyFacts } from './api/shapes.ts';
import { signedIn, terminalOf } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { painter } from './terminal/paint.ts';
import { table } from './terminal/table.ts';
import { jsonText, printable } from './terminal/terminal.ts';
import { span } from './terminal/times.ts';

export const keysList: Command = {
  name: 'keys list',
  summary: 'Lists the keys that derive and sign tokens.',
  positionals: [],
  flags: ACCOUNT_FLAGS,
  examples: ['lamplighter keys list'],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, switches } = call;
  const answer = await signedIn(
    call,
    async () => undefined,
    ({ api }) => api.send<{ readonly keys: readonly KeyFacts[] }>('GET', '/keys'),
  );
  if (switches.has('json')) {
    program.print(jsonText(answer));
    return 0;
  }
  const { clock = systemClock } = program;
  const now = clock.now();
  const [headings = '', ...rows] = table([
    ['PURPOSE', 'FOR', 'STATE', 'AGE', 'KEY'],
    ...printable(answer.keys).map(({ purpose, algorithm, state, created_at, id }) => [
      purpose,
      algorithm,
      state,
      span(now - Date.parse(created_at)),
      id,
    ]),
  ]);
  const paint = painter(terminalOf(call).stdout);
  program.print(`${[paint('heading', headings), ...rows].join('\n')}\n`);
  return 0;
}
