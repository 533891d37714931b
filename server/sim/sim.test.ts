/** The simulator: the same seed is the same history, kept seeds stay mended, and much happens. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runAll } from './crew.ts';
import { readOptions } from './options.ts';
import { addCounts, reportViolation } from './report.ts';
import { type Result, runWorld } from './world.ts';

interface KeptSeed {
  readonly seed: number;
  readonly steps: number;
  readonly invariant: string;
  readonly reason: string;
}

const KEPT = JSON.parse(
  readFileSync(new URL('./seeds.json', import.meta.url), 'utf8'),
) as readonly KeptSeed[];

describe('seeds that once broke a promise', () => {
  for (const { seed, steps, invariant, reason } of KEPT) {
    it(`keep it now: ${seed} (${invariant}: ${reason})`, async () => {
      assert.equal(reportViolation(await runWorld({ seed, steps })), '');
    });
  }
});

describe('a simulated world', () => {
  it('has one history: the same seed gives the same trace, on any thread', async () => {
    const journeys = [1, 2, 3].map((seed) => ({ seed, steps: 1500 }));
    const here: string[] = [];
    for (const journey of journeys) here.push((await runWorld(journey)).hash);
    const there: Result[] = [];
    await runAll(journeys, 2, (result) => there.push(result) > 0);
    there.sort((left, right) => left.seed - right.seed);
    assert.deepEqual(
      there.map(({ hash }) => hash),
      here,
    );
    assert.equal(new Set(here).size, here.length, 'another seed is another history');
  });

  it('tells its history line by line, and the hash is of all lines', async () => {
    const lines: string[] = [];
    const told = await runWorld({ seed: 5, steps: 500 }, (line) => lines.push(line));
    const silent = await runWorld({ seed: 5, steps: 500 });
    assert.equal(told.hash, silent.hash);
    assert.deepEqual(silent.tail, lines.slice(-50));
    const longer = await runWorld({ seed: 5, steps: 600 });
    assert.notEqual(longer.hash, silent.hash);
  });

  it('keeps every promise, and meets all that it is there for', async () => {
    const counts = new Map<string, number>();
    const journeys = Array.from({ length: 24 }, (_, at) => ({ seed: 100 + at, steps: 6000 }));
    const broken: string[] = [];
    await runAll(journeys, 2, (result) => {
      addCounts(counts, result.counts);
      broken.push(reportViolation(result));
      return true;
    });
    assert.equal(broken.join(''), '');
    const missing = EXPECTED.filter((what) => !counts.has(what));
    assert.deepEqual(missing, [], 'these never happened');
  });
});

/** A simulator that meets none of these proves nothing. */
const EXPECTED: readonly string[] = [
  'store:conflict',
  'store:dropped',
  'store:read fault',
  'store:lost acknowledgement',
  'store:committed after a crash',
  'network:request lost',
  'network:request delayed',
  'network:answer lost',
  'network:answer late',
  'node:crash',
  'open:epoch_moved',
  'open:quota_reached',
  'open_named:unmoved',
  'touch:moved',
  'touch:unmoved',
  'touch:child_ended/revoked_by_client',
  'touch:session_ended/idle_timeout',
  'touch:session_ended/absolute_timeout',
  'rotate:advance',
  'rotate:retry',
  'rotate:token_replayed',
  'rotate:wrong_binding',
  'rotate:wrong_client',
  'rotate:scope_exceeded',
  'rotate:unknown_token',
  'rotate:grant_ended/idle_timeout',
  'rotate:grant_ended/absolute_timeout',
  'rotate:grant_ended/code_replayed',
  'rotate:grant_ended/token_replayed',
  'rotate:grant_ended/made_room',
  'rotate:session_ended/signed_out',
  'rotate:session_ended/signed_out_everywhere',
  'rotate:session_ended/token_replayed',
  'rotate:session_ended/made_room',
  'use_grant:done',
  'see_access:done',
  'redeem:done',
  'redeem:ticket_spent',
  'redeem:ticket_expired',
  'redeem:ticket_mismatch',
  'end_subject:StoreFault',
  'inspect:done',
  'list:done',
  'event:session_forgotten',
  'event:binding_refused',
  'event:successor_seen',
  'event:notice_delivered',
  'event:notice_dead',
  'notice:failed',
  'theft:none',
  'theft:client',
  'theft:device',
];

describe('the options of the simulator', () => {
  it('are 200 seeds of 10,000 steps on two threads, unless said otherwise', () => {
    const { from, seeds, steps, workers, isSingle } = readOptions([]);
    assert.deepEqual(
      { from, seeds, steps, workers, isSingle },
      {
        from: 1,
        seeds: 200,
        steps: 10_000,
        workers: 2,
        isSingle: false,
      },
    );
  });

  it('name one seed or many', () => {
    const one = readOptions(['--seed', '7', '--steps', '500', '--trace']);
    assert.deepEqual([one.from, one.seeds, one.steps, one.isSingle], [7, 1, 500, true]);
    const many = readOptions(['--seeds', '5', '--from', '40']);
    assert.deepEqual([many.from, many.seeds, many.isSingle], [40, 5, false]);
  });

  it('are refused when they make no sense', () => {
    const wrong = [
      ['--bogus'],
      ['--seed', 'x'],
      ['--seed', '-1'],
      ['--seed', '1.5'],
      ['--seed', '1', '--seeds', '2'],
      ['--trace'],
    ];
    for (const args of wrong) assert.throws(() => readOptions(args), TypeError, args.join(' '));
  });
});
