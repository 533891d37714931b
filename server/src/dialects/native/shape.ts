/**
 * The native session token: `lamp_st_` and 50 letters, for secret scanners to find.
 */

import { prefixed } from '../shapes.ts';

export const KIND = 'native';

export const SESSION_TOKEN = prefixed(KIND, 'lamp_st_');
