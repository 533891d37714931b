/**
 * Every action of `.../sessions`, with the versions of the resource that have it (fact sheet 3.2,
 * 3.3).
 */

import type { Action } from './action.ts';
import { deleteProperty, getProperty, getPropertyNames, setProperty } from './legacy-properties.ts';
import { logout } from './logout.ts';
import { logoutByHandle, logoutByUser } from './logout-by.ts';
import { refresh } from './refresh.ts';
import { getSessionInfo, getSessionInfoAndResetIdleTime } from './session-info.ts';
import { getSessionProperties, updateSessionProperties } from './session-properties.ts';
import { getIdle, getMaxIdle, getMaxSessionTime, getTimeLeft } from './times.ts';
import { isActive, validate } from './validate.ts';

/** By name, each with its major versions. */
export const ACTIONS: readonly (readonly [
  name: string,
  majors: readonly number[],
  action: Action,
])[] = [
  ['refresh', [2, 3, 4, 5], refresh],
  ['getSessionInfo', [2, 3, 4, 5], getSessionInfo],
  ['getSessionInfoAndResetIdleTime', [4, 5], getSessionInfoAndResetIdleTime],
  ['validate', [1, 3, 4, 5], validate],
  ['logout', [1, 2, 3, 4, 5], logout],
  ['logoutByHandle', [2, 3, 4, 5], logoutByHandle],
  ['logoutByUser', [5], logoutByUser],
  ['getSessionProperties', [2, 3, 4, 5], getSessionProperties],
  ['updateSessionProperties', [2, 3, 4, 5], updateSessionProperties],
  ['isActive', [1], isActive],
  ['getTimeLeft', [1], getTimeLeft],
  ['getMaxTime', [1], getTimeLeft],
  ['getMaxSessionTime', [1], getMaxSessionTime],
  ['getMaxIdle', [1], getMaxIdle],
  ['getIdle', [1], getIdle],
  ['getPropertyNames', [1], getPropertyNames],
  ['getProperty', [1], getProperty],
  ['setProperty', [1], setProperty],
  ['deleteProperty', [1], deleteProperty],
];

/** AM takes names in any letter case. Undefined where that version has no such action. */
export function findAction(name: string, major: number): Action | undefined {
  const wanted = name.toLowerCase();
  const found = ACTIONS.find(([known]) => known.toLowerCase() === wanted);
  return found?.[1].includes(major) ? found[2] : undefined;
}
