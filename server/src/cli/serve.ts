/** `lamplighter serve`: starts a server, says so, and stops it when it is told to. */

import { constants } from 'node:os';
import { type Clock, systemClock } from '../sessions/clock.ts';
import type { Call, Command, Server } from './command.ts';
import { CONFIG_FLAGS, readConfig } from './config-file.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Signals within this time are one: a process group gets its own beside those that npm hands on. */
const ONE_SIGNAL_MS = 1000;

export const serve: Command = {
  name: 'serve',
  summary: 'Starts a server. Prints "ready URL" once it accepts requests.',
  positionals: [],
  flags: {
    ...CONFIG_FLAGS,
    data: { type: 'string', value: 'DIR', help: 'The directory for everything that is kept.' },
    port: { type: 'string', value: 'N', help: 'The port to listen on; 0 takes a free one.' },
    host: { type: 'string', value: 'ADDRESS', help: 'The address to listen on.' },
  },
  run,
};

async function run(call: Call): Promise<number> {
  const { program } = call;
  const told = watchSignals(program.clock ?? systemClock);
  const server = await program.start(await readConfig(call));
  failLoudly(server);
  program.print(`ready ${server.url}\n`);
  await told;
  await server.close();
  return 0;
}

/** Resolves at the first signal to stop; a second one, a moment later, does not wait. */
function watchSignals(clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let toldAt: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = clock.now();
      toldAt ??= now;
      if (now - toldAt > ONE_SIGNAL_MS) process.exit(128 + constants.signals[signal]);
      resolve();
    });
  }
  return promise;
}

/** After an error that nobody has caught, nothing is known of the state: better to start anew. */
function failLoudly(server: Server): void {
  process.on('uncaughtException', (error) => {
    server.fail(error);
    process.exit(1);
  });
}
