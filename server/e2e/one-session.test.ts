/**
 * One session: opened through any dialect, it is listed, renewed and ended through every other, and
 * an end is seen by all at once.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Program, startProgram } from './program.ts';
import { ADA, type Held, must, Refused, ROOT, VENDORS, type Vendor } from './vendors.ts';
import { json, openWire, type Wire } from './wire.ts';

const SESSIONS = '/lamplighter/v1/realms/alpha/sessions';

describe('one session', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-one-'));
  let program: Program;
  let wire: Wire;
  let root: Record<string, string>;

  before(async () => {
    program = await startProgram({ data });
    wire = openWire(program.base);
    const signedIn = await must(wire, { method: 'POST', path: SESSIONS, ...json(ROOT) }, 201);
    root = { Authorization: `Bearer ${JSON.parse(signedIn.body).token}` };
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  async function alive(): Promise<{ id: string; origin: string }[]> {
    const found: { id: string; origin: string; alive: boolean }[] = [];
    let after = '';
    do {
      const path = `${SESSIONS}?subject=${ADA.username}&limit=100${after && `&after=${after}`}`;
      const page = JSON.parse((await must(wire, { method: 'GET', path, headers: root })).body);
      found.push(...page.sessions);
      after = page.next ?? '';
    } while (after);
    return found.filter((session) => session.alive);
  }

  /** Signs in through one dialect, and opens the door of every other to that same session. */
  async function openEverywhere(vendor: Vendor) {
    const known = new Set((await alive()).map(({ id }) => id));
    const held = await vendor.open(wire);
    const [opened, ...more] = (await alive()).filter(({ id }) => !known.has(id));
    assert.ok(opened, `${vendor.name} opened no session`);
    assert.equal(more.length, 0, `${vendor.name} opened more than one`);
    const key = vendor.key(held);
    const doors = new Map<Vendor, Held>();
    for (const other of VENDORS) {
      doors.set(other, other === vendor ? held : await other.adopt(wire, key));
    }
    assert.equal((await alive()).filter(({ id }) => !known.has(id)).length, 1, 'still one');
    return { id: opened.id, doors };
  }

  for (const opener of VENDORS) {
    for (const ender of VENDORS) {
      it(`opened through ${opener.name}, renewed through all, ended through ${ender.name}`, async () => {
        const { id, doors } = await openEverywhere(opener);
        for (const [vendor, held] of doors) {
          doors.set(vendor, await vendor.renew(wire, held));
        }
        assert.ok((await alive()).some((session) => session.id === id));
        await ender.end(wire, doors.get(ender) ?? {});
        assert.ok(!(await alive()).some((session) => session.id === id), 'it is ended');
        for (const [vendor, held] of doors) {
          await assert.rejects(vendor.renew(wire, held), Refused, `${vendor.name} still renews`);
        }
      });
    }
  }
});
