/**
 * The tour: starts a server of its own, signs in, renews through every dialect with the requests of
 * the vendors' own documents, and prints what it sent and got. `npm run tour`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, startProgram } from './program.ts';
import { ADA, Refused, ROOT, VENDORS, type Vendor } from './vendors.ts';
import { type Answer, type Ask, json, openWire, type Wire } from './wire.ts';

const HELP = `npm run tour [-- --help]

Starts a server on a free port with a data directory of its own, signs in and renews through
each dialect, ends the sessions, asks why they ended, and stops the server. Prints every request
and answer. Exits 0 when each was as it should be.
`;

const BODY_SHOWN = 900;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A wire that prints what goes over it. */
function printing(inner: Wire): Wire {
  return {
    close: inner.close,
    async send(ask) {
      say(`\n> ${ask.method} ${ask.path}`);
      printHeaders('>', ask.headers ?? {});
      if (ask.body) say(`>\n> ${shown(String(ask.body))}`);
      const answer = await inner.send(ask);
      say(`< ${answer.status}`);
      printHeaders('<', answer.headers);
      if (answer.body) say(`<\n${indented(answer)}`);
      return answer;
    },
  };
}

const DULL: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'date',
  'content-length',
  'transfer-encoding',
]);

function printHeaders(mark: string, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!DULL.has(name)) say(`${mark} ${name}: ${shown(value)}`);
  }
}

function indented(answer: Answer): string {
  return answer.body
    .split('\n')
    .map((line) => `< ${shown(line)}`)
    .join('\n');
}

function shown(text: string): string {
  return text.length > BODY_SHOWN ? `${text.slice(0, BODY_SHOWN)}... (${text.length})` : text;
}

async function visit(vendor: Vendor, wire: Wire): Promise<string> {
  say(`\n${'='.repeat(78)}\n${vendor.name}: sign in\n${'='.repeat(78)}`);
  const held = await vendor.open(wire);
  say(`\n--- ${vendor.name}: renew`);
  const renewed = await vendor.renew(wire, held);
  say(`\n--- ${vendor.name}: and once more, with what came of it`);
  const again = await vendor.renew(wire, renewed);
  say(`\n--- ${vendor.name}: sign out`);
  await vendor.end(wire, again);
  say(`\n--- ${vendor.name}: a renewal after that is refused`);
  const outcome = await vendor.renew(wire, again).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Refused) || outcome.answer.status >= 500) {
    throw new Error(`${vendor.name}: an ended session was renewed`);
  }
  return `${vendor.name.padEnd(10)} signed in, renewed twice, signed out, and was refused after that`;
}

/** Every session that the tour opened, with the reason of its end, as the native API tells it. */
async function whyAll(wire: Wire): Promise<string[]> {
  say(`\n${'='.repeat(78)}\nwhy did they end?\n${'='.repeat(78)}`);
  const api = '/lamplighter/v1/realms/alpha/sessions';
  const { token } = JSON.parse(
    (await wire.send({ method: 'POST', path: api, ...json(ROOT) })).body,
  );
  const headers = { Authorization: `Bearer ${token}` };
  const path = `${api}?subject=${ADA.username}&limit=50`;
  const ask: Ask = { method: 'GET', path, headers };
  const { sessions } = JSON.parse((await wire.send(ask)).body);
  return sessions.map(
    (session: { id: string; origin: string; end: { reason: string } | null }) =>
      `${session.id}  opened through ${session.origin.padEnd(10)} ${session.end?.reason ?? 'alive'}`,
  );
}

async function tour(program: Program): Promise<void> {
  const wire = printing(openWire(program.base));
  const summary: string[] = [];
  for (const vendor of VENDORS) summary.push(await visit(vendor, wire));
  const ends = await whyAll(wire);
  wire.close();
  say(`\n${'='.repeat(78)}\n`);
  for (const line of [...summary, '', ...ends]) say(line);
  const alive = ends.filter((line) => line.endsWith('alive'));
  if (alive.length > 0) throw new Error(`${alive.length} sessions are still alive`);
}

if (process.argv.includes('--help')) {
  process.stdout.write(HELP);
} else {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-tour-'));
  const program = await startProgram({ data });
  try {
    await tour(program);
    say('\nThe lamp is lit.');
  } catch (error) {
    process.exitCode = 1;
    say(`\nThe tour failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    const code = await program.stop();
    if (code !== 0) process.exitCode = 1;
    rmSync(data, { recursive: true, force: true });
  }
}
