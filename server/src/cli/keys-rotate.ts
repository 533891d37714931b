/** `lamplighter keys rotate`: makes a new key, while the old ones go on checking what they made. */

import { nearest } from '../config/nearest.ts';
import type { KeyPurpose } from '../keys/keyring.ts';
import { ACCOUNT_FLAGS } from './api/account.ts';
import type { KeyFacts } from './api/shapes.ts';
import { signedIn } from './api/signed-in.ts';
import type { Call, Command } from './command.ts';
import { Failure, MISUSED } from './failure.ts';
import { jsonText, printable } from './terminal/terminal.ts';

const PURPOSES = ['mac', 'signing'] as const satisfies readonly KeyPurpose[];

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Makes a new key, while the old ones go on checking what they made.',
  positionals: ['mac|signing'],
  flags: ACCOUNT_FLAGS,
  examples: ['lamplighter keys rotate signing', 'lamplighter keys rotate mac'],
  run,
};

async function run(call: Call): Promise<number> {
  const { program, positionals, switches } = call;
  const purpose = readPurpose(positionals[0] ?? '');
  const key = await signedIn(
    call,
    async () => undefined,
    ({ api }) => api.send<KeyFacts>('POST', `/keys/${purpose}/rotate`),
  );
  const { id, algorithm } = printable(key);
  const said = `The current ${purpose} key is now ${id} (${algorithm}).\n`;
  program.print(switches.has('json') ? jsonText(key) : said);
  return 0;
}

function readPurpose(given: string): KeyPurpose {
  const found = PURPOSES.find((purpose) => purpose === given);
  if (found) return found;
  const meant = nearest(given, PURPOSES);
  const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
  throw new Failure(`keys rotate needs mac or signing${hint}`, MISUSED);
}
