import type { Field, Message } from './row.ts';

const line =
  /^(?:time="(?<time>[^"]*)" )?level=(?<level>\w+) msg=(?<message>"(?:[^"\\]|\\.|"(?!"*\s*$|\s+\w+=))*(?:"|\\?$)|\S+)(?<fields>.*)$/;
const error = /\serror=("(?:[^"\\]|\\.|"(?!"*\s*$|\s+\w+=))*(?:"|\\?$)|\S+)/;

// Logrus quotes as Go does. Go's syntax is JSON's except for \xNN, \a and \v.
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
    // A truncated line has no closing quote; quotes within may not be escaped.
    return text.slice(1).replace(/(?<!\\)"$/, '');
  }
};

/**
 * Parses a log line of a Longhorn pod (logrus, text format). The text is `msg`, then `error=` if present. Undefined
 * for a line of another format.
 */
export const readLogLine = (
  speaker: 'job' | 'manager',
  text: string,
): { time: string; message: Message } | undefined => {
  const { time = '', level, message = '', fields = '' } = line.exec(text)?.groups ?? {};
  if (level === undefined) return undefined;
  const because = error.exec(fields)?.[1];
  const joined = [unquoted(message), ...(because === undefined ? [] : [unquoted(because)])].join(': ');
  return {
    time,
    message: {
      speaker,
      field: `log ${level === 'panic' ? 'fatal' : level}` as Field,
      state: '',
      text: joined,
    },
  };
};
