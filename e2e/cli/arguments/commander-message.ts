import type { CommanderError } from 'commander';
import { inOneLine } from '../in-one-line.ts';

/** What commander says of wrong arguments, in one line: `unknown option '--kep' (Did you mean --keep?)`. */
export const commanderMessage = ({ message }: CommanderError): string => inOneLine(message.replace(/^error: /, '')).replace(/\.$/, '');
