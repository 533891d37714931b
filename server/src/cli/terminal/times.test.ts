/** Times as people say them: one unit, rounded, before and after now. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moment, relative, span } from './times.ts';

test('a length of time has one unit, of which there are at least two', () => {
  const said = [0, 499, 1000, 119_000, 120_000, 7_170_000, 7_200_000, 9_000_000, 172_799_000].map(
    span,
  );
  assert.deepEqual(said, ['0 s', '0 s', '1 s', '119 s', '2 min', '120 min', '2 h', '3 h', '48 h']);
  assert.equal(span(30 * 86_400_000), '30 d');
});

test('a moment is before or after now', () => {
  const now = Date.UTC(2026, 2, 1, 12);
  assert.equal(relative('2026-03-01T11:57:00.000Z', now), '3 min ago');
  assert.equal(relative('2026-03-01T12:27:00.000Z', now), 'in 27 min');
  for (const near of ['2026-03-01T11:59:59.001Z', '2026-03-01T12:00:00.999Z']) {
    assert.equal(relative(near, now), 'just now');
  }
  assert.equal(moment('2026-03-01T12:27:00.123Z'), '2026-03-01 12:27:00 UTC');
});
