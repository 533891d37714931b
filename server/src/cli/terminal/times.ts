/** Owns how times are said: how long ago, how long from now, and when. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in one unit, rounded, such as `90 min`: one of a thing is said in smaller ones. */
export function span(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} d`;
  if (ms >= 2 * HOUR) return `${Math.round(ms / HOUR)} h`;
  if (ms >= 2 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  return `${Math.round(ms / SECOND)} s`;
}

/** Such as `3 min ago` or `in 27 min`. @param at An ISO 8601 time. @param now Milliseconds. */
export function relative(at: string, now: number): string {
  const ms = Date.parse(at) - now;
  if (Math.abs(ms) < SECOND) return 'just now';
  return ms < 0 ? `${span(-ms)} ago` : `in ${span(ms)}`;
}

/** Such as `2026-03-01 12:00:00 UTC`, from an ISO 8601 time in UTC. */
export function moment(at: string): string {
  return at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** Such as `3 min ago (2026-03-01 12:00:00 UTC)`. */
export function relativeAndMoment(at: string, now: number): string {
  return `${relative(at, now)} (${moment(at)})`;
}
