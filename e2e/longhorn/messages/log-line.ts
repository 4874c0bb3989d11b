import type { Field, Message } from './row.ts';

const line = /^time="(?<time>[^"]*)" level=(?<level>\w+) msg=(?<message>"(?:[^"\\]|\\.)*"|\S+)(?<fields>.*)$/;
const error = /\serror=("(?:[^"\\]|\\.)*"|\S+)/;

// Logrus quotes as Go does, which is as JSON does but for \x.. and \' that no message has shown so far.
const unquoted = (text: string): string => (text.startsWith('"') ? JSON.parse(text) : text);

/**
 * Reads a line that a pod of Longhorn's has logged (logrus, as text): its text is `msg`, and what stands in
 * `error=` behind it. Undefined for a line of another form.
 */
export const readLogLine = (
  speaker: 'job' | 'manager',
  text: string,
): { time: string; message: Message } | undefined => {
  const { time = '', level, message = '', fields = '' } = line.exec(text)?.groups ?? {};
  if (level === undefined) return undefined;
  const because = error.exec(fields)?.[1];
  const told = [unquoted(message), ...(because === undefined ? [] : [unquoted(because)])].join(': ');
  return { time, message: { speaker, field: `log ${level}` as Field, state: '', text: told } };
};
