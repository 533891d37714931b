/** Arrows: which room of server/src may import which, and where an import must lead at all. */

import { type Import, resolveImport } from '../imports.ts';
import type { CodeFile, Finding, Rule } from '../tree.ts';

const HOUSE = 'server/src/';

type Reach = 'values' | 'types';

interface Room {
  /** What to do instead of a forbidden import. */
  readonly advice: string;
  /** Rooms, `room/*` for the folders inside one, or single files; all under server/src. */
  readonly sees: Readonly<Record<string, Reach>>;
}

/** The picture of the house. A room always sees itself; main.ts sees everything. */
const ROOMS: Readonly<Record<string, Room>> = {
  engine: {
    advice: 'a parameter: the engine imports nothing but itself',
    sees: {},
  },
  stores: { advice: 'a parameter', sees: {} },
  'stores/*': {
    advice: 'stores/store.ts: a store knows the port and its own driver',
    sees: { 'stores/store.ts': 'values' },
  },
  sessions: {
    advice: 'engine/, stores/store.ts, or a parameter',
    sees: { engine: 'values', 'stores/store.ts': 'values', keys: 'types' },
  },
  keys: {
    advice: 'stores/store.ts, or a parameter',
    sees: { 'stores/store.ts': 'values' },
  },
  directory: {
    advice: 'stores/store.ts, or a parameter',
    sees: { 'stores/store.ts': 'values' },
  },
  dialects: {
    advice: 'sessions/, or a parameter',
    sees: {
      'dialects/*': 'values',
      sessions: 'values',
      engine: 'values',
      keys: 'types',
      directory: 'types',
    },
  },
  'dialects/*': {
    advice: 'dialects/*.ts, or a parameter',
    sees: {
      dialects: 'values',
      // The kinds of option, for config.ts (docs/decisions/0002).
      'config/values.ts': 'values',
      sessions: 'types',
      engine: 'types',
      keys: 'types',
      directory: 'types',
    },
  },
  host: {
    advice: 'dialects/*.ts, or a parameter from main.ts',
    sees: { dialects: 'values', config: 'types', sessions: 'types' },
  },
  config: {
    advice: 'a type, or a parameter from main.ts',
    sees: { sessions: 'types', engine: 'types', directory: 'types' },
  },
  cli: {
    advice: 'a parameter from main.ts',
    sees: {
      config: 'values',
      sessions: 'values',
      keys: 'values',
      engine: 'types',
      'directory/directory.ts': 'values',
      'stores/store.ts': 'values',
    },
  },
};

/** Rooms whose folders are strangers to one another. */
const OF_STRANGERS = ['dialects', 'stores'];

export const arrows: Rule = {
  name: 'arrows',
  *check(tree) {
    const paths = new Set(tree.files.map((file) => file.path));
    for (const file of tree.code.values()) {
      if (file.path.startsWith(HOUSE)) yield* checkRoom(file);
      for (const found of file.imports) {
        const target = resolveImport(file.path, found.specifier);
        if (target === undefined) continue;
        const message = checkTarget(paths, file, found, target) ?? checkArrow(file, found, target);
        if (message !== undefined) yield { path: file.path, line: found.line, message };
      }
    }
  },
};

function* checkRoom(file: CodeFile): Iterable<Finding> {
  const room = roomOf(file.path);
  if (room === 'main' || ROOMS[keyOf(room)] !== undefined) return;
  const rooms = Object.keys(ROOMS).filter((name) => !name.endsWith('/*'));
  const message = `the room ${room} is banned, use one of ${rooms.join(', ')}`;
  yield { path: file.path, line: 1, message };
}

function checkTarget(
  paths: ReadonlySet<string>,
  file: CodeFile,
  { specifier }: Import,
  target: string,
): string | undefined {
  if (file.path.endsWith('.ts') && !/\.(ts|json)$/.test(specifier)) {
    return `'${specifier}' is banned, use the file's whole name: relative imports end in .ts`;
  }
  if (!paths.has(target)) {
    return `'${specifier}' leads nowhere, use the path of a file that git would commit`;
  }
  if (/\.(test|testing)\./.test(target) && !file.isTest) {
    return `'${specifier}' is banned here, use a file of its own: only tests import from tests`;
  }
  return undefined;
}

function checkArrow(file: CodeFile, found: Import, target: string): string | undefined {
  const inHouse = target.startsWith(HOUSE);
  if (file.path.startsWith('client/') && !target.startsWith('client/')) {
    return `'${found.specifier}' is banned in client/, use HTTP: it is published alone`;
  }
  if (!file.path.startsWith(HOUSE)) return undefined;
  if (!inHouse) return `'${found.specifier}' is banned here, use what is under ${HOUSE}`;

  const from = roomOf(file.path);
  const to = roomOf(target);
  const [fromRoom = '', fromFolder] = from.split('/');
  const [toRoom, toFolder] = to.split('/');
  const isStranger = fromFolder && toFolder && fromRoom === toRoom && fromFolder !== toFolder;
  if (isStranger && OF_STRANGERS.includes(fromRoom) && !(file.isTest && fromRoom === 'stores')) {
    return `${to}/ is banned in ${from}/, use ${fromRoom}/*.ts: they are strangers to one another`;
  }
  // A test may wire its room to real neighbours; nothing imports a test, so no arrow turns.
  if (from === to || from === 'main' || file.isTest) return undefined;

  const room = ROOMS[keyOf(from)];
  const named = target.slice(HOUSE.length);
  const seen = room?.sees[named] ?? room?.sees[keyOf(to)];
  if (seen === undefined) {
    return `${named} is banned in ${from}/, use ${room?.advice ?? 'a room of the house'}`;
  }
  if (seen === 'types' && !found.isType) {
    return `a value of ${named} is banned in ${from}/, use \`import type\`, or ${room?.advice}`;
  }
  return undefined;
}

/** `engine`, `stores/level`, `dialects/oauth`, or `main` for the file of that name. */
function roomOf(file: string): string {
  const [room = '', folder = '', ...rest] = file.slice(HOUSE.length).split('/');
  if (folder === '') return room.replace(/\.ts$/, '');
  const hasFolder = OF_STRANGERS.includes(room) && rest.length > 0;
  // The suite is the port's: it is spread over a folder for its size only.
  return hasFolder && folder !== 'conformance' ? `${room}/${folder}` : room;
}

const keyOf = (room: string) => room.replace(/\/.*/, '/*');
