/**
 * Where log lines go: a file descriptor, written together once per turn of the event loop.
 *
 * Nothing that becomes of it stops the server: what a full disk or a reader that is gone does not
 * take is dropped, and counted once there is room again.
 */

import { write, writeSync } from 'node:fs';

export interface LogStream {
  write(line: string): void;
  /** What waits, now, once: for the moment before the end. */
  flushSync(): void;
}

/** @param mostWaiting Characters that may wait; further lines are dropped. */
export function openLogStream(fd: number, mostWaiting: number): LogStream {
  let waiting = '';
  let dropped = 0;
  let isBusy = false;

  function send(): void {
    const bytes = Buffer.from(waiting);
    waiting = '';
    write(fd, bytes, (error, written) => {
      if (error) dropped++;
      else if (written < bytes.length) waiting = bytes.toString('utf8', written) + waiting;
      else if (dropped > 0) noteDropped();
      isBusy = false;
      if (waiting !== '') plan();
    });
  }

  function noteDropped(): void {
    waiting = `{"level":"warn","msg":"log lines were dropped","times":${dropped}}\n${waiting}`;
    dropped = 0;
  }

  function plan(): void {
    if (isBusy) return;
    isBusy = true;
    setImmediate(send);
  }

  return {
    write(line) {
      if (waiting.length + line.length > mostWaiting) {
        dropped++;
        return;
      }
      waiting += line;
      plan();
    },
    flushSync() {
      const rest = waiting;
      waiting = '';
      try {
        if (rest !== '') writeSync(fd, rest);
      } catch {
        // There is nowhere left to say so.
      }
    },
  };
}
