/** The commands of `lamplighter`, in the order of the help. */

import { check } from './check.ts';
import type { Command } from './command.ts';
import { configPrint } from './config-print.ts';
import { configSchema } from './config-schema.ts';
import { keysList } from './keys-list.ts';
import { keysRotate } from './keys-rotate.ts';
import { serve } from './serve.ts';
import { sessionsEnd } from './sessions-end.ts';
import { sessionsList } from './sessions-list.ts';
import { usersAdd } from './users-add.ts';
import { usersPasswd } from './users-passwd.ts';
import { why } from './why.ts';

export const COMMANDS: readonly Command[] = [
  serve,
  check,
  configPrint,
  configSchema,
  why,
  sessionsList,
  sessionsEnd,
  usersAdd,
  usersPasswd,
  keysList,
  keysRotate,
];
