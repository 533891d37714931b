/**
 * Exactly once: a thousand callers of one token, over real sockets, get one successor.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Program, startProgram } from './program.ts';
import { type Held, idaas, oauth, type Vendor } from './vendors.ts';
import { openWire, type Wire } from './wire.ts';

const CALLERS = 1000;

describe('a thousand parallel renewals of one token', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-once-'));
  let program: Program;
  let wire: Wire;

  before(async () => {
    program = await startProgram({ data });
    wire = openWire(program.base, 256);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  async function race(vendor: Vendor, tokenOf: (held: Held) => string | undefined) {
    const held = await vendor.open(wire);
    const callers = Array.from({ length: CALLERS }, () => vendor.renew(wire, held));
    const answers = await Promise.all(callers);
    const successors = new Set(answers.map(tokenOf));
    assert.equal(answers.length, CALLERS);
    assert.equal(successors.size, 1, 'one successor');
    const [successor] = answers;
    assert.ok(successor);
    assert.notEqual(tokenOf(successor), tokenOf(held), 'a new one');
    const next = await vendor.renew(wire, successor);
    assert.notEqual(tokenOf(next), tokenOf(successor), 'which can be renewed in its turn');
  }

  it('give one successor to all, through oauth', () => race(oauth, (held) => held.refresh_token));

  it('give one successor to all, through idaas', () => race(idaas, (held) => held.session_token));
});
