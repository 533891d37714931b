/**
 * No secret at rest or in logs: nothing that was given out, and no password, can be found in the
 * data directory or in the log, in any spelling (I12).
 */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { startProgram } from './program.ts';
import { ADA, DEVICE, fingerprintOf, Refused, ROOT, VENDORS } from './vendors.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

/** Shorter values are words, numbers and codes of errors. */
const SECRET_LENGTH_MIN = 16;

/** Names of what is no secret, however long it is. */
const PUBLIC: ReadonlySet<string> = new Set([
  ...[
    'id',
    'subject',
    'realm',
    'origin',
    'successUrl',
    'url',
    'esbUUID',
    'type',
    'title',
    'detail',
  ],
  ...['created_at', 'last_access_at', 'idle_ends_at', 'ends_at', 'renewed_at', 'first_at'],
  ...['last_at', 'at', 'text', 'scope', 'error_description', 'authenticated_at', 'last_seen_at'],
]);

/** Everything that an answer hands out and that might open something. */
function secretsOf(answer: Answer): string[] {
  const found = answer.cookies.map((cookie) => cookie.split(';')[0]?.split('=')[1] ?? '');
  const location = answer.headers.location;
  if (location) found.push(new URL(location).searchParams.get('code') ?? '');
  try {
    collect(JSON.parse(answer.body), '', found);
  } catch {
    // Not JSON: a redirect, an empty answer.
  }
  return found.filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

function collect(value: unknown, name: string, found: string[]): void {
  if (typeof value === 'string' && !PUBLIC.has(name)) found.push(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [inner, one] of Object.entries(value)) collect(one, inner, found);
}

function watching(inner: Wire, secrets: Set<string>): Wire {
  return {
    close: inner.close,
    async send(ask) {
      const answer = await inner.send(ask);
      for (const secret of secretsOf(answer)) secrets.add(secret);
      return answer;
    },
  };
}

/** The ways in which a secret might be written, at whatever place inside a longer text. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const found = [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
  ];
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const shift of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
      // The first and last letters depend on what stands before and after.
      found.push(Buffer.from(text.slice(Math.ceil((shift * 8) / 6), -4)));
    }
  }
  // The bytes that a token of ours spells: its MAC, at the very end.
  const own = /^lamp_[a-z]+_([A-Za-z0-9_-]+)$/.exec(secret);
  if (own?.[1]) {
    const mac = Buffer.from(own[1], 'base64url').subarray(-16);
    found.push(
      mac,
      Buffer.from(mac.toString('hex')),
      Buffer.from(mac.toString('base64url').slice(0, -2)),
    );
  }
  return found;
}

/** All files as they are, and every row as it is read: a compressed block hides what it holds. */
async function readAll(directory: string): Promise<Buffer[]> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const rows: string[] = [];
  const folder = readdirSync(directory, { withFileTypes: true }).find((entry) =>
    entry.isDirectory(),
  );
  assert.ok(folder, 'the store has a folder');
  const db = new ClassicLevel(join(directory, folder.name));
  for await (const [key, value] of db.iterator()) rows.push(`${key}\n${value}`);
  await db.close();
  assert.ok(rows.length > 5, 'the store has rows');
  return [...files, Buffer.from(rows.join('\n'))];
}

it('finds no secret at rest nor in the log', async () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-secrets-'));
  const secrets = new Set([ADA.password, ROOT.password, 'keep-the-lamp-lit-2', DEVICE]);
  const program = await startProgram({ data, environment: { LAMPLIGHTER_LOG_LEVEL: 'debug' } });
  const wire = watching(openWire(program.base), secrets);
  try {
    for (const vendor of VENDORS) {
      let held = await vendor.open(wire);
      for (let count = 0; count < 3; count++) held = await vendor.renew(wire, held);
      const adopted = await vendor.adopt(wire, vendor.key(held));
      await vendor.renew(wire, adopted);
      await vendor.end(wire, held);
      await assert.rejects(vendor.renew(wire, held), Refused);
    }
  } finally {
    wire.close();
    assert.equal(await program.stop(), 0);
  }
  assert.ok(secrets.size > 30, `only ${secrets.size} secrets were given out`);
  const places = [...(await readAll(data)), Buffer.from(program.log())];
  assert.ok(program.log().length > 2000, 'the log was written');
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) {
      const at = places.findIndex((place) => place.includes(spelling));
      // The secret itself stays out of the test's own output.
      assert.equal(
        at,
        -1,
        `secret ${fingerprintOf(secret)} (${secret.slice(0, 8)}) is in place ${at}`,
      );
    }
  }
  rmSync(data, { recursive: true, force: true });
});
