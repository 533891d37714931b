/**
 * Crashes: rounds of kill -9 under load. `npm run crash -- --rounds 200`.
 *
 * Clients renew without a pause and keep the newest token that they were given. The server is killed
 * in the midst of it and started again on the same data. Then every client renews with what it holds:
 * none may be refused; and no record may be behind a renewal that was acknowledged.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Program, startProgram } from './program.ts';
import { type Held, idaas, must, oauth, Refused, ROOT, type Vendor } from './vendors.ts';
import { json, openWire } from './wire.ts';

const HELP = `npm run crash -- [--rounds N] [--clients N] [--seed N]

Kills the server with SIGKILL in the midst of renewals, N times (200), starts it again on the same
data, and checks that no acknowledged renewal is lost and that no client is signed out.
`;

const SESSIONS = '/lamplighter/v1/realms/alpha/sessions';

interface Client {
  readonly vendor: Vendor;
  readonly session: string;
  held: Held;
  /** Renewals that the server has acknowledged. */
  acknowledged: number;
}

export interface CrashReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Renewals that were under way when the server died. */
  readonly cutOff: number;
  /** Clients refused with the newest token that they hold. */
  readonly signedOut: number;
  /** Records that were behind what had been acknowledged. */
  readonly lost: number;
}

export interface CrashOptions {
  readonly rounds: number;
  readonly clients: number;
  readonly seed: number;
  readonly onRound?: (round: number, report: CrashReport) => void;
}

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-crash-'));
  const random = randomOf(options.seed);
  let report: CrashReport = { rounds: 0, acknowledged: 0, cutOff: 0, signedOut: 0, lost: 0 };
  let program = await startProgram({ data });
  try {
    const root = await signInRoot(program);
    const clients = await openClients(program, root, options.clients);
    for (let round = 1; round <= options.rounds; round++) {
      const cutOff = await renewUntilKilled(program, clients, 20 + random() * 180);
      program = await startProgram({ data });
      const lost = await countLost(program, root, clients);
      const signedOut = await countSignedOut(program, clients);
      report = {
        rounds: round,
        acknowledged: clients.reduce((sum, client) => sum + client.acknowledged, 0),
        cutOff: report.cutOff + cutOff,
        signedOut: report.signedOut + signedOut,
        lost: report.lost + lost,
      };
      options.onRound?.(round, report);
    }
    return report;
  } finally {
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function signInRoot(program: Program): Promise<string> {
  const wire = openWire(program.base);
  const answer = await must(wire, { method: 'POST', path: SESSIONS, ...json(ROOT) }, 201);
  wire.close();
  return JSON.parse(answer.body).token;
}

async function openClients(program: Program, root: string, count: number): Promise<Client[]> {
  const wire = openWire(program.base);
  const clients: Client[] = [];
  const known = new Set<string>();
  for (let at = 0; at < count; at++) {
    const vendor = at % 2 === 0 ? oauth : idaas;
    const held = await vendor.open(wire);
    const path = `${SESSIONS}?subject=ada&limit=100`;
    const headers = { Authorization: `Bearer ${root}` };
    const { sessions } = JSON.parse((await must(wire, { method: 'GET', path, headers })).body);
    const fresh = sessions.find((session: { id: string }) => !known.has(session.id));
    known.add(fresh.id);
    clients.push({ vendor, session: fresh.id, held, acknowledged: 0 });
  }
  wire.close();
  return clients;
}

/** Renews with every client at once, until the server is gone. */
async function renewUntilKilled(
  program: Program,
  clients: readonly Client[],
  afterMs: number,
): Promise<number> {
  const wire = openWire(program.base);
  let cutOff = 0;
  const loops = clients.map(async (client) => {
    for (;;) {
      try {
        client.held = await client.vendor.renew(wire, client.held);
        client.acknowledged += 1;
      } catch (error) {
        // A refusal is for `countSignedOut` to find; here the connection went away.
        if (error instanceof Refused) throw error;
        cutOff += 1;
        return;
      }
    }
  });
  await wait(afterMs);
  await program.kill();
  await Promise.all(loops);
  wire.close();
  return cutOff;
}

/** The first generation is 1: after n acknowledged renewals it is n+1 at least. */
async function countLost(
  program: Program,
  root: string,
  clients: readonly Client[],
): Promise<number> {
  const wire = openWire(program.base);
  let lost = 0;
  for (const { session, acknowledged } of clients) {
    const headers = { Authorization: `Bearer ${root}` };
    const path = `${SESSIONS}/${session}/why`;
    const { grants } = JSON.parse((await must(wire, { method: 'GET', path, headers })).body);
    if (grants[0].generation < acknowledged + 1) lost += 1;
  }
  wire.close();
  return lost;
}

/** Every client tries again with the newest token that it holds. */
async function countSignedOut(program: Program, clients: readonly Client[]): Promise<number> {
  const wire = openWire(program.base);
  let signedOut = 0;
  for (const client of clients) {
    try {
      client.held = await client.vendor.renew(wire, client.held);
      client.acknowledged += 1;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      signedOut += 1;
    }
  }
  wire.close();
  return signedOut;
}

/** A small generator that repeats (mulberry32): the seed decides when the server is killed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '200' },
      clients: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const report = await crash({
    rounds: Number(values.rounds),
    clients: Number(values.clients),
    seed: Number(values.seed),
    onRound(round, soFar) {
      if (round % 10 === 0) process.stdout.write(`${summary(soFar)}\n`);
    },
  });
  process.stdout.write(`${summary(report)}\n`);
  if (report.lost > 0 || report.signedOut > 0) process.exitCode = 1;
}

function summary({ rounds, acknowledged, cutOff, signedOut, lost }: CrashReport): string {
  return (
    `${rounds} kills, ${acknowledged} renewals acknowledged, ${cutOff} cut off: ` +
    `${lost} lost, ${signedOut} clients signed out`
  );
}

if (import.meta.main) await main();
