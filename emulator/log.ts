type Level = 'debug' | 'info' | 'warning' | 'error';
type Fields = Record<string, unknown>;

/** Writes lines as logrus does for Longhorn: time, level, msg, then fields by name. */
export type Log = {
  [level in Level]: (message: string, fields?: Fields) => void;
} & { with(fields: Fields): Log };

const quote = (value: unknown): string => {
  const text = value instanceof Error ? value.message : String(value);
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
};

/** One log line without its newline. */
export const formatLine = (level: Level, message: string, fields: Fields, now = new Date()): string => {
  const rest = Object.keys(fields).sort();
  return [`time="${now.toISOString()}"`, `level=${level}`, `msg=${JSON.stringify(message)}`]
    .concat(rest.map((key) => `${key}=${quote(fields[key])}`))
    .join(' ');
};

/** Makes a log on top of a function that takes whole lines. */
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
    with: (more) => createLog(write, { ...fields, ...more }),
  };
};
