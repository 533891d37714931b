/**
 * When sessions and grants end by themselves, if nobody uses them any more, for answers that say so.
 */

export { grantLapsesAt, sessionLapsesAt } from '../engine/life.ts';
