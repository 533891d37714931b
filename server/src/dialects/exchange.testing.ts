/**
 * Golden exchanges: reads `.http` files and replays them against a dialect.
 *
 *     ### sign in                               each exchange has a name
 *     @wait 61s                                 optional: the clock moves on first (ms, s, m, h, d)
 *     POST /am/json/authenticate?x=1            request line, headers, empty line, body
 *     X-OpenAM-Username: ada
 *
 *     HTTP/1.1 200 OK                           the answer: status, headers, empty line, body
 *     Content-Type: application/json
 *
 *     {"tokenId":"{{token}}","realm":"/alpha"}
 *
 * Lines that begin with `# ` are comments. Every header that is listed must be there, to the letter,
 * name included; `Name: {{absent}}` says that there is none, and a name that is listed twice is a
 * list. The body is compared as text. `{{name}}` in an answer takes what stands there, and wherever
 * it occurs afterwards, in requests and answers, it stands for that same text. `{{any}}`,
 * `{{uuid}}` and `{{number}}` match and keep nothing.
 */

import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Dialect, Route, WireAnswer } from './dialect.ts';
import { type Ask, type MovableClock, request } from './world.testing.ts';

export interface Message {
  /** Request line or status line. */
  readonly start: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface Exchange {
  readonly name: string;
  readonly waitMs: number;
  readonly request: Message;
  readonly answer: Message;
}

/** What an exchange is replayed against. */
export interface Stage {
  readonly dialect: Pick<Dialect, 'routes' | 'reject'>;
  readonly clock: MovableClock;
  /** How a request gets to the dialect; through its route table unless told. */
  readonly send?: (ask: Ask) => Promise<WireAnswer>;
  /** Values that the file takes from the test, such as `{{token}}`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** One test for every `.http` file of a folder, each on a stage of its own. */
export function testExchanges(
  folder: URL,
  open: (file: string, context: TestContext) => Promise<Stage>,
): void {
  for (const [file, text] of exchangeFiles(folder)) {
    test(`exchanges/${file}`, async (context) => {
      await replay(readExchanges(text), await open(file, context));
    });
  }
}

/** A test that every exchange of a folder is marked, in a comment under its name. */
export function testMarks(folder: URL): void {
  test('every exchange says what of it is documented, observed or inferred', () => {
    for (const text of exchangeTexts(folder)) assert.match(text, /^.+\n# .*\[[DOI]\]/);
  });
}

/** A test that every endpoint is asked in an exchange of the folder, with the suffix `.json` or not. */
export function testEndpoints(folder: URL, routes: () => Promise<readonly Route[]>): void {
  test('every endpoint has an exchange', async () => {
    const texts = exchangeTexts(folder);
    for (const { method, path } of await routes()) {
      const segments = path
        .split('/')
        .map((one) => (one.startsWith(':') ? '[^/?\\s]+' : literally(one)));
      const asked = new RegExp(`^${method} ${segments.join('/')}(?:\\.json)?(?:\\?|$)`, 'm');
      assert.ok(
        texts.some((text) => asked.test(text)),
        `${method} ${path} is in no exchange`,
      );
    }
  });
}

/**
 * A test that every error of a dialect stands in an exchange.
 * @param source The file that defines them, each with its code or text where `pattern` captures it.
 * @param elsewhere Those that need more than one request to be met, and the test that meets them.
 */
export function testErrors(
  folder: URL,
  source: URL,
  pattern: RegExp,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  test('every error has an exchange', () => {
    const texts = exchangeTexts(folder).join('\n');
    const errors = [...readFileSync(source, 'utf8').matchAll(pattern)].map(([, error]) => error);
    assert.ok(errors.length >= 5, `${errors.length} errors in ${source.pathname}`);
    const missing = errors.filter((error = '') => !texts.includes(error) && !elsewhere[error]);
    assert.deepEqual(missing, []);
  });
}

/** Every exchange of a folder as it is written, its name first. */
export function exchangeTexts(folder: URL): readonly string[] {
  return exchangeFiles(folder).flatMap(([, text]) => text.split(/^### /m).slice(1));
}

function exchangeFiles(folder: URL): readonly (readonly [file: string, text: string])[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.http'));
  assert.ok(files.length > 0, `no exchanges in ${folder.pathname}`);
  return files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]);
}

/** Replays exchanges in order; resolves with what was captured. */
export async function replay(
  exchanges: readonly Exchange[],
  { dialect, clock, values = {}, send = (ask) => request(dialect, ask) }: Stage,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map(Object.entries(values));
  for (const exchange of exchanges) {
    clock.advance(exchange.waitMs);
    const [method = '', path = ''] = filled(exchange.request.start, known).split(' ');
    const headers = exchange.request.headers.map(([name, value]) => [name, filled(value, known)]);
    const body = filled(exchange.request.body, known);
    const ask = { method, path, headers: Object.fromEntries(headers), body };
    compare(exchange, await send(ask), known);
  }
  return known;
}

export function readExchanges(text: string): Exchange[] {
  const parts = text
    .replaceAll('\r\n', '\n')
    .split(/^### */m)
    .slice(1);
  return parts.map((part) => {
    const [name = '', ...lines] = part.split('\n').filter((line) => !line.startsWith('# '));
    const answerAt = lines.findIndex((line) => line.startsWith('HTTP/1.1 '));
    assert.ok(answerAt >= 0, `"${name}" has no answer`);
    const asked = lines.slice(0, answerAt);
    const wait = asked.find((line) => line.startsWith('@wait '));
    return {
      name: name.trim(),
      waitMs: wait ? milliseconds(wait.slice('@wait '.length)) : 0,
      request: readMessage(asked.filter((line) => line !== wait)),
      answer: readMessage(lines.slice(answerAt)),
    };
  });
}

function readMessage(lines: readonly string[]): Message {
  const [start = '', ...rest] = lines.slice(lines.findIndex((line) => line.trim() !== ''));
  const end = rest.indexOf('');
  const headerLines = end < 0 ? rest : rest.slice(0, end);
  const headers = headerLines.map((line) => {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? assert.fail(line);
    return [name, value] as const;
  });
  const body = end < 0 ? '' : rest.slice(end + 1).join('\n');
  return { start: start.trim(), headers, body: body.replace(/\n+$/, '') };
}

function compare(exchange: Exchange, answer: WireAnswer, known: Map<string, string>): void {
  const { name, answer: want } = exchange;
  const shown = `"${name}" answered ${JSON.stringify(answer)}`;
  assert.equal(answer.status, Number(want.start.split(' ')[1]), shown);
  for (const header of new Set(want.headers.map(([header]) => header))) {
    const wanted = want.headers.filter(([other]) => other === header).map(([, value]) => value);
    const had = Object.entries(answer.headers)
      .filter(([other]) => other.toLowerCase() === header.toLowerCase())
      .flatMap(([other, value]) => [value].flat().map((one) => [other, one] as const));
    if (wanted[0] === '{{absent}}') {
      assert.deepEqual(had, [], shown);
      continue;
    }
    assert.equal(had.length, wanted.length, `${header}: ${shown}`);
    for (const [at, value] of wanted.entries()) {
      assert.equal(had[at]?.[0], header, shown);
      match(had[at]?.[1] ?? '', value, known, `${name}, ${header}`);
    }
  }
  match(answer.body, want.body, known, `${name}, body`);
}

/** Holds a text to a pattern, and keeps what the pattern captures. */
function match(text: string, pattern: string, known: Map<string, string>, what: string): void {
  const names: string[] = [];
  const source = pattern.split(/(\{\{\w+\}\})/).map((piece) => {
    const name = /^\{\{(\w+)\}\}$/.exec(piece)?.[1];
    if (name === undefined) return literally(piece);
    const matcher = MATCHERS.get(name);
    if (matcher) return matcher;
    const value = known.get(name);
    if (value !== undefined) return literally(value);
    if (names.includes(name)) return `\\k<${name}>`;
    names.push(name);
    return `(?<${name}>[^\\s"]+?)`;
  });
  const found = new RegExp(`^${source.join('')}$`, 's').exec(text);
  if (!found) assert.equal(text, filled(pattern, known, true), what);
  for (const name of names) known.set(name, found?.groups?.[name] ?? '');
}

const MATCHERS: ReadonlyMap<string, string> = new Map([
  ['any', '.*?'],
  ['uuid', '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'],
  ['number', '-?\\d+'],
]);

function filled(text: string, known: ReadonlyMap<string, string>, isLax = false): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = known.get(name) ?? (isLax ? whole : undefined);
    return value ?? assert.fail(`nothing is known of ${whole}`);
  });
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

function milliseconds(written: string): number {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(written.trim()) ?? assert.fail(written);
  return Number(count) * (UNITS_MS.get(unit) ?? Number.NaN);
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
