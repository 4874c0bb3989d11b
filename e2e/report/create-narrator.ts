import { styleText } from 'node:util';
import type { Paint } from './console.ts';
import { createConsoleNarrator } from './console-narrator.ts';
import { createJsonNarrator } from './json-narrator.ts';
import type { Narrator } from './narrator.ts';
import type { Output } from './output.ts';
import { createScreen } from './screen.ts';

const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** Creates the narrator for a kind of output. `alone`: no other process prints to the same terminal. */
export const createNarrator = (output: Output, { alone }: { alone: boolean }): Narrator =>
  output === 'json'
    ? createJsonNarrator({
        write: (text) => void process.stdout.write(text),
        beside: (text) => void process.stderr.write(text),
      })
    : createConsoleNarrator({
        screen: createScreen(process.stdout, { alone }),
        paint,
        detail: output === 'verbose' ? 'events' : process.stdout.isTTY ? 'steps' : 'scenarios',
        now: Date.now,
      });
