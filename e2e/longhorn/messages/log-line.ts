import type { Field, Message } from './row.ts';

const line =
  /^time="(?<time>[^"]*)" level=(?<level>\w+) msg=(?<message>"(?:[^"\\]|\\.)*(?:"|\\?$)|\S+)(?<fields>.*)$/;
const error = /\serror=("(?:[^"\\]|\\.)*(?:"|\\?$)|\S+)/;

// Logrus quotes as Go does, which is as JSON does but for \xNN, \a and \v.
const asJson = (text: string): string =>
  text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (whole, hex: string | undefined, sign: string) => {
    if (hex !== undefined) return `\\u00${hex}`;
    if (sign === 'a') return '\\u0007';
    return sign === 'v' ? '\\u000b' : whole;
  });

const unquoted = (text: string): string => {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(asJson(text));
  } catch {
    // A line that was cut off has no end.
    return text.slice(1);
  }
};

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
  const joined = [unquoted(message), ...(because === undefined ? [] : [unquoted(because)])].join(': ');
  return { time, message: { speaker, field: `log ${level}` as Field, state: '', text: joined } };
};
