type Level = 'debug' | 'info' | 'warning' | 'error' | 'fatal';
type Fields = Record<string, unknown>;

/**
 * Writes lines as logrus does for Longhorn: time, level, msg, then the other fields by name. func and file, which
 * logrus adds about its caller, come before those. `fatal` is only a level: it does not end the process.
 */
export type Log = {
  [level in Level]: (message: string, fields?: Fields) => void;
} & { with(fields: Fields): Log };

const quote = (value: unknown): string => {
  const text = value instanceof Error ? value.message : String(value);
  return /^[\w./@^+-]*$/.test(text) ? text : JSON.stringify(text);
};

const callers = ['func', 'file'];

/** Formats one log line without its newline. */
const formatLine = (level: Level, message: string, fields: Fields): string => {
  const keys = Object.keys(fields);
  const rest = callers
    .filter((key) => key in fields)
    .concat(keys.filter((key) => !callers.includes(key)).sort());
  return [`time="${new Date().toISOString()}"`, `level=${level}`, `msg=${JSON.stringify(message)}`]
    .concat(rest.map((key) => `${key}=${quote(fields[key])}`))
    .join(' ');
};

/** Creates a log that writes whole lines with a function. */
export const createLog = (write: (line: string) => void, fields: Fields = {}): Log => {
  const at =
    (level: Level) =>
    (message: string, more: Fields = {}) =>
      write(`${formatLine(level, message, { ...fields, ...more })}\n`);
  return {
    debug: at('debug'),
    info: at('info'),
    warning: at('warning'),
    error: at('error'),
    fatal: at('fatal'),
    with: (more) => createLog(write, { ...fields, ...more }),
  };
};
