/**
 * The commands as their users have them, in this process: a real server of the native dialect on a
 * free port, a terminal that answers questions, and a look at what was asked of the server.
 *
 * Every run is held to two promises: no password and no token is printed, and whatever it signed
 * in to is over when it returns.
 */

import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { readEnvironment } from '../config/environment.ts';
import { isObject } from '../dialects/answers.ts';
import type { Route } from '../dialects/dialect.ts';
import { schema } from '../dialects/native/config.ts';
import { native } from '../dialects/native/index.ts';
import { dialectSchemas } from '../dialects/registry.ts';
import { openWorld, type World, type WorldOptions } from '../dialects/world.testing.ts';
import { createHost } from '../host/host.ts';
import { createLogger } from '../host/logger.ts';
import { type Clock, systemClock } from '../sessions/clock.ts';
import { systemRandom } from '../sessions/random.ts';
import { parseArguments } from './arguments.ts';
import type { Program } from './command.ts';
import { COMMANDS } from './commands.ts';
import { explain } from './failure.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface How {
  /** `root` unless told; null for nobody at all. */
  readonly as?: keyof World['people'] | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is piped in. */
  readonly stdin?: string;
  /** What somebody at a terminal types, a line for each question. */
  readonly typed?: readonly string[];
  /** Whether that terminal wants colours. */
  readonly colours?: boolean;
  /** Instead of real waiting. */
  readonly sleep?: Clock['sleep'];
  /** Whether its session may still be open afterwards. */
  readonly leavesOpen?: boolean;
}

export interface Stage {
  readonly world: World;
  readonly url: string;
  /** The names of the routes that were asked for, in order. */
  readonly requests: string[];
  /** Whatever else must not be printed. */
  readonly secrets: Set<string>;
  /** Called before a route answers. */
  onRequest: (route: string) => void | Promise<void>;
  run(words: readonly string[], how?: How): Promise<Ran>;
  /** Signs somebody in as another dialect would. */
  signIn(who: keyof World['people'], origin?: string): ReturnType<typeof signInWith>;
}

export async function openStage(
  context: Pick<TestContext, 'after'>,
  options: WorldOptions = {},
): Promise<Stage> {
  const world = await openWorld(options);
  const dialect = world.join(native.create(world.services, schema.parse({})));
  const signedIn: string[] = [];
  const watch = (route: Route): Route => ({
    ...route,
    async handle(request) {
      stage.requests.push(route.name);
      await stage.onRequest(route.name);
      const answer = await route.handle(request);
      const body: unknown = JSON.parse(answer.body);
      if (isObject(body) && isObject(body.session)) signedIn.push(String(body.session.id));
      if (isObject(body) && typeof body.token === 'string') stage.secrets.add(body.token);
      return answer;
    },
  });
  const host = createHost({
    listen: { host: '127.0.0.1', port: 0 },
    limits: {
      body: 65_536,
      headers: 32_768,
      request_time: 5000,
      keep_alive: 5000,
      in_flight: 100,
    },
    trustedProxies: [],
    cors: { origins: [] },
    dialects: [{ ...dialect, routes: dialect.routes.map(watch) }],
    logger: createLogger('silent'),
    clock: systemClock,
    random: systemRandom,
    isBusy: () => false,
    probe: async () => undefined,
  });
  const url = await host.listen();
  context.after(() => host.close());

  const stage: Stage = {
    world,
    url,
    requests: [],
    secrets: new Set(Object.values(world.people).map(({ password }) => password)),
    onRequest: () => undefined,
    async run(words, how = {}) {
      const ran = await runIn(stage, words, how);
      for (const secret of stage.secrets) {
        assert.ok(!(ran.out + ran.err).includes(secret), `${words.join(' ')} shows a secret`);
      }
      for (const id of signedIn.splice(0)) {
        const found = await world.services.sessions.inspect(id);
        assert.ok(found?.end || how.leavesOpen, `${words.join(' ')} leaves its session open`);
      }
      return ran;
    },
    signIn: (who, origin = 'forgerock') => signInWith(world, who, origin),
  };
  return stage;
}

async function signInWith(world: World, who: keyof World['people'], origin: string) {
  const { sessions } = world.services;
  const { realm, subject } = world.people[who];
  const epoch = await sessions.epoch(realm, subject);
  const opened = await sessions.open({ realm, subject, epoch, origin });
  return 'refused' in opened ? assert.fail(opened.refused) : opened.session;
}

/** As main.ts does. */
async function runIn(stage: Stage, words: readonly string[], how: How): Promise<Ran> {
  const { world, url } = stage;
  const { as = 'root', typed, stdin = '', colours = false, sleep = systemClock.sleep } = how;
  const person = as === null ? undefined : world.people[as];
  const terminal = fakeTerminal(stdin, typed, colours);
  let out = '';
  const program: Program = {
    version: '0.0.0',
    environment: readEnvironment({
      LAMPLIGHTER_URL: url,
      LAMPLIGHTER_USER: person?.username,
      LAMPLIGHTER_PASSWORD: typed ? undefined : person?.password,
      ...how.environment,
    }),
    dialectSchemas,
    print: (text) => {
      out += text;
    },
    start: () => assert.fail('no server is to be started'),
    terminal,
    // Waiting is real, the time of day is the world's.
    clock: { now: world.clock.now, sleep },
  };
  try {
    const parsed = parseArguments(words, COMMANDS);
    if (parsed.asks !== 'run') return assert.fail(parsed.asks);
    const code = await parsed.command.run({ ...parsed.call, program });
    return { code, out, err: terminal.said() };
  } catch (error) {
    const { message, code } = explain(error);
    return { code, out, err: `${terminal.said()}lamplighter: ${message}\n` };
  } finally {
    terminal.stdin.destroy();
  }
}

/** What the keys of an end of input and of an interruption send. */
export const CONTROL_D = '\u0004';
export const CONTROL_C = '\u0003';

function fakeTerminal(piped: string, typed: readonly string[] | undefined, colours: boolean) {
  let said = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode });
  const answers = [...(typed ?? [])];
  if (!typed) stdin.end(piped);
  const stderr = new Writable({
    write(chunk, _, done) {
      said += String(chunk);
      if (/(: |\[y\/N\] )$/.test(said)) {
        const answer = answers.shift() ?? CONTROL_D;
        stdin.write(answer.length === 1 && answer < ' ' ? answer : `${answer}\r`);
      }
      done();
    },
  });
  const isTTY = typed !== undefined || colours;
  const stdout = Object.assign(new PassThrough(), { isTTY, hasColors: () => colours });
  return { stdin, stdout, stderr, said: () => said };
}

function setRawMode(this: PassThrough): PassThrough {
  return this;
}
