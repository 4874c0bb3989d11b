import { redact, redactError } from './redact.ts';
import { registerEnvironmentSecrets } from './register.ts';

const redactUncaught = (error: unknown): void => void redactError(error);

// Vitest gives its workers a console that does not write to the streams of the process.
const streamsOf = (of: Console): NodeJS.WriteStream[] => {
  const { _stdout, _stderr } = of as unknown as {
    _stdout?: NodeJS.WriteStream;
    _stderr?: NodeJS.WriteStream;
  };
  return [_stdout, _stderr].filter((stream) => stream !== undefined);
};

const guarded = new WeakSet<object>();

/** Redacts all output of this process, whatever prints it. Also registers the secrets in its environment. */
export const guardOutput = (): void => {
  registerEnvironmentSecrets(process.env);
  // Node prints an uncaught error itself, without using these streams.
  if (!process.listeners('uncaughtExceptionMonitor').includes(redactUncaught))
    process.on('uncaughtExceptionMonitor', redactUncaught);
  // Only if there are other listeners: they may print the rejection. A listener of our own alone would prevent the
  // process from ending.
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

// Only text is changed. Decoding and encoding other bytes would change them.
const redactBytes = (bytes: Uint8Array): Uint8Array | string => {
  const text = Buffer.from(bytes).toString();
  const done = redact(text);
  return done === text ? bytes : done;
};
