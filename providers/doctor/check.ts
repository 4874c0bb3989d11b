import { NotFit as LabNotFit } from '../../lab/not-fit.ts';
import { NotFit } from '../provider.ts';

/** One thing that was looked at. A warning is something that a run goes on without. */
export type Check = {
  /** What it is: `docker`. */
  title: string;
  state: 'ok' | 'warning' | 'missing';
  /** What was found, or what is wrong. */
  detail: string;
  /** What mends it; null where there is nothing to mend, or nobody can. */
  mend: string | null;
};

/** It is as it should be. */
export const ok = (title: string, detail: string): Check => ({ title, state: 'ok', detail, mend: null });

/** It is not as it should be, and a run goes on without. */
export const warning = (title: string, detail: string, mend: string | null = null): Check => ({
  title,
  state: 'warning',
  detail,
  mend,
});

/**
 * A run cannot do without; the message is one of those that say in one line what is wrong, and behind the
 * last colon what mends it.
 */
export const missing = (title: string, message: string): Check => {
  const { detail, mend } = splitMessage(message);
  return { title, state: 'missing', detail, mend };
};

// What mends something is told as an order, or as a command.
const order =
  /^(in a container, |as one who may, )?(add|bring|check|end|free|get|give|go|have|install|look|make|mend|name|npm|put|renew|restart|run|see|set|start|use)\b/;

/**
 * The two parts of a message: what is wrong, and, behind the last colon, what to do; in brackets others
 * speak, with colons of their own.
 */
export const splitMessage = (message: string): { detail: string; mend: string | null } => {
  let depth = 0;
  let last = -1;
  for (const [index, letter] of [...message].entries()) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth === 0 && message.startsWith(': ', index)) last = index;
  }
  const mend = message.slice(last + 2);
  return last !== -1 && order.test(mend)
    ? { detail: message.slice(0, last), mend }
    : { detail: message, mend: null };
};

/** Looks at something by work that throws NotFit where it is missing, and else says what it found. */
export const examine = async (title: string, work: () => Promise<string>): Promise<Check> => {
  try {
    return ok(title, await work());
  } catch (error) {
    if (error instanceof NotFit || error instanceof LabNotFit) return missing(title, error.message);
    throw error;
  }
};
