import { learnEnvironment } from './learn.ts';
import { redact, redactError } from './redact.ts';

const redactUncaught = (error: unknown): void => void redactError(error);

// Vitest gives its workers a console of their own, which does not write to the process's streams.
const streamsOf = (of: Console): NodeJS.WriteStream[] => {
  const { _stdout, _stderr } = of as unknown as {
    _stdout?: NodeJS.WriteStream;
    _stderr?: NodeJS.WriteStream;
  };
  return [_stdout, _stderr].filter((stream) => stream !== undefined);
};

const guarded = new WeakSet<object>();

/**
 * Has all that this process prints redacted, whoever prints it; and learns what is secret in its environment.
 */
export const guardOutput = (): void => {
  learnEnvironment(process.env);
  // What nobody catches Node prints by itself, past the streams.
  if (!process.listeners('uncaughtExceptionMonitor').includes(redactUncaught))
    process.on('uncaughtExceptionMonitor', redactUncaught);
  // Where somebody listens to these already, they are passed on; a listener of our own alone would keep the
  // process alive.
  const heard = process.listeners('unhandledRejection');
  if (heard.length > 0 && !heard.includes(redactUncaught))
    process.prependListener('unhandledRejection', redactUncaught);
  for (const stream of [process.stdout, process.stderr, ...streamsOf(console)]) {
    if (guarded.has(stream.write)) continue;
    const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    const guard = ((chunk: unknown, ...rest: unknown[]) =>
      write(
        typeof chunk === 'string' ? redact(chunk) : chunk instanceof Uint8Array ? redactBytes(chunk) : chunk,
        ...rest,
      )) as typeof stream.write;
    guarded.add(guard);
    stream.write = guard;
  }
};

// Only what is text: bytes of anything else would not come out as they went in.
const redactBytes = (bytes: Uint8Array): Uint8Array | string => {
  const text = Buffer.from(bytes).toString();
  const done = redact(text);
  return done === text ? bytes : done;
};
