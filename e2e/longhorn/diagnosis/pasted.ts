import { parseAllDocuments } from 'yaml';
import { readLogLine } from '../messages/log-line.ts';
import type { Field } from '../messages/row.ts';
import { statesIn, statesInTable } from './printed-states.ts';

/** One message of a pasted text, and its source. */
export type Pasted = {
  text: string;
  /** The field of the message, if it is known. */
  field?: Field;
  /** The reason of an event, the status of a condition, the state of an object. */
  state?: string;
  time?: string;
  /** Who logged it: a controller of longhorn-manager, its API, a process of Longhorn, SPDK, or the kernel. */
  controller?: string;
  /** The objects in the fields of a log line (volumes, backups and others), as KIND/NAME. */
  objects: string[];
};

/** Prefixes of log lines: of kubectl --prefix and --timestamps, of stern, and of a node's container runtime. */
const prefixes = [
  /^\[pod\/[^\]\s]{1,300}\]\s+/,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\s+/,
  /^(?:stdout|stderr) [FP] /,
  /^\[[\w.:-]{1,200}\]\s+/,
  /^\[[a-z][\w.:/-]{0,200} [a-z][\w.:/-]{0,200}\]\s+/,
  /^[\w.-]{1,200}\/[\w.-]{1,200}\[[\w.-]{1,200}\]:\s+/,
  /^\w{3} [ \d]\d \d\d:\d\d:\d\d \S{1,253} [\w.-]{1,100}\[\d{1,10}\]: /,
  /^(?:[+›-] )?[\w./-]{1,200}(?: ›)?(?: [\w./-]{1,200})?(?: [|›])?:? (?=time="|\{"|fatal error: |panic: |goroutine \d|github\.com\/\S{1,300}\(|\s*\/\S{1,300}\.go:\d|[IWEF]\d{4} |\[[\w.-]+\] time=")/,
];

// An instance manager puts the name of the process before each line of an engine or a replica.
const processes: readonly (readonly [RegExp, string, string])[] = [
  [/(?:^|\s)\[(\S{1,253}-r-[0-9a-f]{8})\] /, 'replica process', 'replica'],
  [/(?:^|\s)\[(\S{1,253}-e-(?:[0-9a-f]{8}|\d))\] /, 'engine process', 'engine'],
];

const afterPrefixes = (line: string): string => {
  const found = prefixes.find((prefix) => prefix.test(line));
  return found === undefined ? line : afterPrefixes(line.replace(found, ''));
};

const klog = /^([IWEF])\d{4} (\d\d:\d\d:\d\d)\.\d+\s+\d+ \S+\] ([\s\S]*)$/;
const klogLevels: Record<string, Field> = {
  I: 'log info',
  W: 'log warning',
  E: 'log error',
  F: 'log fatal',
};

// The fields of logrus and of JSON logs that name objects.
const objectKinds: Record<string, string> = {
  ...{ volume: 'volume', volumeName: 'volume', backup: 'backup', Backup: 'backup', backupName: 'backup' },
  ...{ backupVolume: 'backup volume', backupTarget: 'backup target', snapshot: 'snapshot' },
  ...{
    snapshotName: 'snapshot',
    engine: 'engine',
    replica: 'replica',
    node: 'node',
    systemBackup: 'system backup',
  },
};

const objectOf = (key: string, value: unknown): string[] => {
  const kind = objectKinds[key];
  return kind === undefined || typeof value !== 'string' || value === '' || value.length > 253
    ? []
    : [`${kind} ${value.slice(value.indexOf('/') + 1).replace(/^&\{(\S+).*/, '$1')}`];
};

const logrusFields = /(\w+)=("(?:[^"\\]|\\.)*"|[^\s"]*)/g;

const objectsOfLogrus = (line: string): string[] =>
  [...line.matchAll(logrusFields)].flatMap(([, key = '', value = '']) =>
    objectOf(key, value.startsWith('"') ? value.slice(1, -1) : value),
  );

const textIn = (object: Record<string, unknown>, ...keys: string[]): string | undefined =>
  keys.map((key) => object[key]).find((value): value is string => typeof value === 'string' && value !== '');

const parseObject = (text: string): Record<string, unknown> | undefined => {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const levels = new Set(['debug', 'info', 'warning', 'error', 'fatal']);

const fieldOfLevel = (level: string | undefined): { field?: Field } => {
  const name =
    level
      ?.toLowerCase()
      .replace(/^warn$/, 'warning')
      .replace(/^panic$/, 'fatal') ?? '';
  return levels.has(name) ? { field: `log ${name}` as Field } : {};
};

// MinIO's log as JSON.
const storeErrorIn = ({ api, error }: Record<string, unknown>): string | undefined => {
  const { name } = (api ?? {}) as Record<string, unknown>;
  const { message } = (error ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof message === 'string'
    ? `API: ${name}() Error: ${message}`
    : undefined;
};

/** A line of a JSON log, or an object with a single text, as `{"info": "..."}`. */
const readJson = (line: string): Pasted | undefined => {
  const object = parseObject(line);
  if (object === undefined) return undefined;
  const wrapped = textIn(object, 'log');
  if (wrapped !== undefined) return readLine(wrapped.trim());
  const message = textIn(object, 'msg', 'message', 'info');
  const error = textIn(object, 'error', 'err') ?? storeErrorIn(object);
  const text = [message, error].filter((each) => each !== undefined).join(': ');
  if (text === '') return undefined;
  const time = textIn(object, 'time', 'ts', 'timestamp', '@timestamp');
  const isAnswer = object.type === 'error' && typeof object.status === 'number';
  return {
    text,
    ...(isAnswer && { controller: 'longhorn-manager API' }),
    ...fieldOfLevel(textIn(object, 'level', 'severity')),
    ...(time !== undefined && { time }),
    objects: Object.entries(object).flatMap(([key, value]) => objectOf(key, value)),
  };
};

// The output of a mount has several lines.
const startsMore = /^(?:Mounting (?:command|arguments): |Output: |, error exit status )/;

// The output of mount follows its command, in several lines.
const startsMount = /\nMounting command: /;
const ofMount = /^(?:mount(?:\.\w+)?: |\s{2,}(?!Normal|Warning)\S)/;

const record = /\b(?:time|level)=\\?"?\S|\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\] /;

/** The beginning of a record. No other line of a record begins like this. */
export const startsRecord =
  /^(?:\W{0,4}\d{4}-\d\d-\d\d[T ]|\[[^\]]{1,200}\] |[IWEF]\d{4} \d\d:|\{"|.{0,200}?\btime=\\?")/;

const mostFolded = 20;

// A record of logrus that a terminal has folded continues within its quotes, or with its next field.
const isFolded = (line: string, before: string): boolean => {
  if (!record.test(before.slice(0, 400)) || startsRecord.test(line)) return false;
  if (/^\s*\w+=\S/.test(line)) return true;
  const quotes = before.replace(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 1 && !quotedLine.test(before) && before.split('\n').length < mostFolded;
};

const fatal = /^(?:fatal error: |panic: |\[signal SIG)/;

// A text that quotes a log begins with its own words. A log line begins with names and times.
const ownWords = /error|fail|output|stderr|cannot/i;

// A line of an engine or a replica that an old longhorn-manager logged again, with quotes that it did not escape.
const relayed = /^time="[^"]*" level=\w+ msg="[\w.-]+: (?=time=")/;

const logrusOf = (line: string): string | undefined => {
  const start = line.slice(0, 300).indexOf('time="');
  return start < 0 || ownWords.test(line.slice(0, start))
    ? undefined
    : line.slice(start).replace(relayed, '');
};

// Velero's log has the format of longhorn-manager's, and names its source file.
const velero = /\slogSource="?pkg\/|\s\w{1,40}=velero\/\S/;

const controllerIn = /\scontroller=([\w-]+)/;

const spdk = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[\d.]*\] ([\w./-]+\.c: ?\d+:\s?\w+: \*(\w+)\*: [\s\S]*)$/;
const spdkLevels: Record<string, Field> = {
  ...{ ERROR: 'log error', WARNING: 'log warning', NOTICE: 'log info', INFO: 'log info', DEBUG: 'log debug' },
};

const kernel =
  /^(?:\[(?:\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}| *\d{1,10}\.\d{6})\]|\w{3} [ \d]\d \d\d:\d\d:\d\d \S{1,253} kernel:(?: \[ *[\d.]{1,20}\])?|kern *:\w+ *: \[[^\]]{1,40}\])\s+(\S[\s\S]*)$/;

// The access log of longhorn-manager's API.
const request = / - - \[[^\]]{1,60}\] "[A-Z]+ \S+ HTTP\/\d\.\d" [1-4]\d\d /;

/** Logs of other programs than Longhorn's Go code, known by the format of their lines. */
const readForeign = (line: string): Pasted | undefined => {
  const [, time, said, level = ''] = spdk.exec(afterPrefixes(line)) ?? [];
  if (said !== undefined && spdkLevels[level] !== undefined)
    return { text: said, field: spdkLevels[level], ...(time && { time }), controller: 'SPDK', objects: [] };
  if (request.test(line)) return { text: line, field: 'log info', objects: [] };
  const [, text] = kernel.exec(line) ?? [];
  return text === undefined ? undefined : { text, controller: 'kernel', objects: [] };
};

// A line that was printed as a string of Go or JSON, with or without its outer quotes.
const quotedLine = /^("?)(?:time=|level=(?:\w+ msg=)?)\\"/;

const unquoted = (line: string): string => {
  const [, quote] = quotedLine.exec(line) ?? [];
  if (quote === undefined) return line;
  const inner = quote === '' ? line : line.slice(1).replace(/(?:\\n)?"$/, '');
  return inner.replace(/\\(["\\])/g, '$1');
};

const processOf = (line: string): { name: string; object: string } | undefined => {
  const start = line.slice(0, 400);
  const found = processes.find(([prefix]) => prefix.test(start));
  if (found === undefined) return undefined;
  const [prefix, name, kind] = found;
  return { name, object: `${kind} ${prefix.exec(start)?.[1]}` };
};

// A line of an engine or a replica that longhorn-manager logged again.
const relayedIn = /^(\S{1,253}-([re])-[0-9a-f]{8}): (time="[\s\S]*)$/;

// A controller logs its events at level info, whatever their type.
const loggedEvent =
  /^(?:Event\(v1\.ObjectReference\{Kind:"(\w+)"[^}]{0,300}? Name:"([^"]{0,253})"[^}]{0,600}\}\): )?type: '(Normal|Warning)' reason: '(\w*)' ?([\s\S]*)$/;

const readLoggedEvent = (text: string): Pasted | undefined => {
  const [, kind = '', name = '', type, state = '', said = ''] = loggedEvent.exec(text) ?? [];
  if (type === undefined) return undefined;
  return {
    text: said,
    field: `event ${type as 'Normal' | 'Warning'}`,
    state,
    objects: name === '' ? [] : [`${kind.toLowerCase()} ${name}`],
  };
};

// Other components than longhorn-manager, by the names of pods and containers before a line.
const components =
  /\b(csi-(?:attacher|provisioner|resizer|snapshotter)|longhorn-csi-plugin|snapshot-controller|longhorn-driver-deployer|share-manager|kubelet)\b/;

const componentIn = (names: string): string | undefined => components.exec(names)?.[1];

/** Reads a line of a Go program: of logrus, of klog, or its last line. */
const spokenIn = (bare: string): Pick<Pasted, 'text' | 'field' | 'time'> | undefined => {
  const logged = readLogLine('manager', bare.replace(/\s*\n\s*/g, ' '));
  if (logged !== undefined) {
    const { text, field } = logged.message;
    return { text, field, ...(logged.time !== '' && { time: logged.time }) };
  }
  const [, severity = '', time, text] = klog.exec(bare) ?? [];
  const field = klogLevels[severity];
  if (text !== undefined && field !== undefined) return { text, field, ...(time !== undefined && { time }) };
  return fatal.test(bare) ? { text: bare, field: 'log fatal' } : undefined;
};

const readLog = (line: string): Pasted | undefined => {
  const whole = unquoted(line);
  const bare = logrusOf(whole) ?? afterPrefixes(whole);
  const spoken = spokenIn(bare);
  if (spoken === undefined) return readForeign(line) ?? readJson(bare);
  const [, name, kind, within] = relayedIn.exec(spoken.text) ?? [];
  const said = within === undefined ? undefined : readLog(within);
  if (said !== undefined) {
    const of = kind === 'r' ? 'replica' : 'engine';
    return { controller: `${of} process`, ...said, objects: [...said.objects, `${of} ${name}`] };
  }
  const event = readLoggedEvent(spoken.text);
  if (event !== undefined) return { ...spoken, ...event };
  const process = processOf(whole);
  const controller = velero.test(bare)
    ? 'velero'
    : (controllerIn.exec(bare)?.[1] ??
      process?.name ??
      componentIn(whole.slice(0, Math.max(0, whole.length - bare.length))));
  return {
    ...spoken,
    ...(controller !== undefined && { controller }),
    objects: [...new Set([...objectsOfLogrus(bare), ...(process ? [process.object] : [])])],
  };
};

const describedEvent =
  /^\s*(Normal|Warning)\s+(\S+)\s+\S+(?: \([^)]*\))?\s+([^\s,]+),?(?: \S+)?\s{2,}(\S[^\n]*)$/;
const listedEvent = /^(?:\S+\s+){0,2}(Normal|Warning)\s+(\S+)\s+()\S+\/\S+\s+(\S[^\n]*)$/;

// The last line of a description that was cut off after the age of an event.
const eventCutOff = /^\s*(Normal|Warning)\s+(\w+)\s+\S+(?: \([^)]*\))?\s*$/;

const readEvent = (line: string): Pasted | undefined => {
  const [, kind, reason] = eventCutOff.exec(line) ?? [];
  if (kind !== undefined && reason !== undefined)
    return { text: reason, field: `event ${kind as 'Normal' | 'Warning'}`, state: reason, objects: [] };
  const [, type, state, from, text] = describedEvent.exec(line) ?? listedEvent.exec(line) ?? [];
  if (type === undefined || state === undefined || text === undefined) return undefined;
  const controller = componentIn(from ?? '') ?? from?.replace(/(?<=^longhorn-.*)-controller$/, '');
  return {
    text,
    field: `event ${type as 'Normal' | 'Warning'}`,
    state,
    ...(controller && { controller }),
    objects: [],
  };
};

// Users also paste only the end of a logged event, with the closing quote of the log.
const readLine = (line: string): Pasted | undefined =>
  readLog(line) ?? readEvent(line) ?? readLoggedEvent(line.trim().replace(/"$/, ''));

const wrappers = [
  /^(["'`])([\s\S]+)\1$/,
  /^()[“‘«]([\s\S]+)[”’»]$/,
  /^map\[()(?:info|error|message)\s*:([\s\S]+)\]$/,
  /^(?:- )?(["']?)(?:info|error|message|msg|reason|lastError)\1\s*:\s+(?:[>|][+-]?\d*\s)?([\s\S]+)$/i,
];

/** Removes quotes, and the keys that kubectl prints before a text. Joins a text that YAML has folded. */
const unwrap = (text: string): string => {
  const trimmed = text.trim();
  for (const wrapper of wrappers) {
    const found = wrapper.exec(trimmed)?.[2];
    if (found === undefined) continue;
    const isFolded = /:\s+(?:>[+-]?\d*\s|[^\s>|][^\n]*\n\s{2,})/.test(trimmed.slice(0, 400));
    return unwrap(isFolded ? found.replace(/\s*\n\s*/g, ' ') : found);
  }
  const object = parseObject(trimmed);
  const within = object && textIn(object, 'info', 'error', 'message', 'msg');
  return within === undefined ? trimmed : unwrap(within);
};

// The frames of a stack. Its first line already says what happened.
const ofStack =
  /^(?:goroutine \d+ \[|\t|\s+\/\S+\.go:\d+|created by |[\w./*()-]+\([^)]*\)$|[\w./-]+\.\(?\*?\w+\)?[.\w]*\(|exit status \d+$|\[signal )/;

const startsStack = /\bpanic\b|(?:^|\s)fatal error: |\[signal SIG/;

const isOfStack = (line: string): boolean => ofStack.test(afterPrefixes(line));

const tellsOfStack = /\bpanic: |\ba panic\b|fatal error: |\[signal SIG/;

// Frames of a stack whose first line is missing.
const ofStackAlone = /^\s*(?:goroutine \d+ \[|created by |github\.com\/\S+\(|\/\S+\.go:\d+)/;

/** Reads the frames of a stack without its first line as one message. */
const readStackAlone = (lines: readonly string[]): Pasted | undefined => {
  if (!lines.every((line) => isOfStack(line) && !tellsOfStack.test(line))) return undefined;
  const bare = lines.map(afterPrefixes);
  return bare.some((line) => ofStackAlone.test(line))
    ? { text: `stack: \n${bare.join('\n')}`, objects: [] }
    : undefined;
};

// MinIO logs a fault in several lines. Some logs put a time before each of them.
const startsStoreLog = /^(?:\S+ \S+ )?API: [A-Z]\w{2,60}\(/;
const ofStoreLog =
  /^(?:\S+ \S+ )?\s*(?:(?:Time|DeploymentID|RequestID|RemoteHost|Host|UserAgent|Error): |\d+: \S+\.go:\d+)/;

const timeBefore = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]{0,10}(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?/;

// A terminal or a mail may break a long URL anywhere.
const endsInUrl = /\bhttps?:\/\/[^\s"]{1,300}$/;
const restOfUrl = /^[\w.%&=-]{1,253}(?::\d{2,5}[/?"\\]|[/?]\S|\\?":)/;

/**
 * Joins a line to the one before if it continues that: the output of a mount, a folded record, or the stack of a
 * panic.
 */
const joinedTo = (before: string, line: string): string | undefined => {
  const bare = line.replace(timeBefore, '');
  if (endsInUrl.test(before.slice(-400)) && restOfUrl.test(line)) return `${before}${line}`;
  const isMore =
    startsMore.test(bare) ||
    isFolded(line, before) ||
    (ofMount.test(bare) && startsMount.test(before.slice(0, 4096))) ||
    (startsStoreLog.test(before) && ofStoreLog.test(bare)) ||
    (startsStack.test(before) && (ofStack.test(bare) || /^\s+\S/.test(bare)));
  return isMore ? `${before}\n${bare}` : undefined;
};

const asText = (text: string): Pasted => ({ text: unwrap(text), objects: [] });

// The value of one key, which YAML and kubectl describe print over several lines.
const isOneValue = (lines: readonly string[]): boolean =>
  /^\s*(?:- )?["']?\w+["']?:\s+(?:[>|][+-]?\d*\s*$|["']?\S+ )/.test(lines[0] ?? '') &&
  lines.slice(1).every((line) => /^\s{2,}/.test(line));

// Longhorn's annotation on a PersistentVolume whose replicas cannot be scheduled.
const schedulingError = 'longhorn.io/volume-scheduling-error';

// The controller that writes an object's messages, by the object's kind or by its type in longhorn-manager's API.
const controllers: Record<string, string> = {
  ...{ Backup: 'longhorn-backup', BackupVolume: 'longhorn-backup-volume' },
  ...{ BackupTarget: 'longhorn-backup-target', backupTarget: 'longhorn-backup-target' },
  ...{ SystemBackup: 'longhorn-system-backup', SystemRestore: 'longhorn-system-restore' },
  ...{ BackupBackingImage: 'longhorn-backup-backing-image', Snapshot: 'longhorn-snapshot' },
  ...{ RecurringJob: 'longhorn-recurring-job' },
};

const saying = new Set([schedulingError, 'message', 'error', 'info', 'lastError']);

/** A container that succeeded has no message. */
const endedContainer = (exitCode: number, reason: unknown, message: unknown): Pasted[] =>
  exitCode > 0
    ? [
        asText(
          `A container terminated with exit code ${exitCode} (${reason ?? 'Error'})${message ? `: ${message}` : ''}`,
        ),
      ]
    : [];

const placeOf = (object: Record<string, unknown>): Pick<Pasted, 'field' | 'state'> => {
  const { type, status, reason, error, state } = object;
  if (typeof error === 'string' && typeof state === 'string') return { field: 'status.error', state };
  if (typeof type !== 'string') return {};
  if (typeof status === 'string') return { field: `condition ${type}`, state: status };
  return (type === 'Normal' || type === 'Warning') && typeof reason === 'string'
    ? { field: `event ${type}`, state: reason }
    : {};
};

/** The messages in the fields of objects that kubectl printed: conditions with their field, other texts without. */
const saidIn = (value: unknown, around?: string): Pasted[] => {
  if (Array.isArray(value)) return value.flatMap((each) => saidIn(each, around));
  if (typeof value !== 'object' || value === null) return [];
  const { message, error, kind, type } = value as Record<string, unknown>;
  const controller = controllers[String(kind ?? type)] ?? around;
  const { reason, exitCode } = value as Record<string, unknown>;
  if (typeof exitCode === 'number') return endedContainer(exitCode, reason, message);
  const place = placeOf(value as Record<string, unknown>);
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'string' && each !== '' && saying.has(key)
      ? [
          {
            text: key === schedulingError ? `volume-scheduling-error: ${each}` : each,
            ...((each === message || each === error) && place),
            ...(controller !== undefined && { controller }),
            objects: [],
          },
        ]
      : saidIn(each, controller),
  );
};

const parseDocuments = (text: string): unknown[] =>
  parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });

const indentOf = (line: string): number => line.search(/\S/);

// In characters. The parser reads a text with errors to its end, and describes each, which takes a second per megabyte.
const triedFirst = 1 << 14;

/** The beginning of a long text, up to the next entry of its outermost list or mapping: no YAML if the text is none. */
const beginningOf = (text: string): string => {
  if (text.length <= triedFirst || /^\s*[{[]/.test(text)) return '';
  const lines = text.slice(0, triedFirst).split('\n').slice(0, -1);
  const outermost = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf));
  const entry = lines.findLastIndex((line) => indentOf(line) === outermost && /^\s*[\w"'-]/.test(line));
  return lines.slice(0, Math.max(0, entry)).join('\n');
};

/**
 * Reads the messages of objects in YAML or JSON, from kubectl or a support bundle. An object may have none. Undefined
 * for a text that is no object.
 */
export const readPrintedObjects = (text: string): Pasted[] | undefined => {
  try {
    parseDocuments(beginningOf(text));
    const objects = parseDocuments(text);
    if (!objects.every((each) => typeof each === 'object')) return undefined;
    const said = saidIn(objects);
    return said.length > 0 ? said : statesIn(objects).map(asText);
  } catch {
    return undefined;
  }
};

// A line of a recording of the suite that is no event of a watch: its head, what the suite does and waits for, a gap.
const isOfSuite = ({ at, marker, type, recording }: Record<string, unknown>): boolean =>
  typeof recording === 'string' || (typeof at === 'number' && (typeof marker === 'string' || type === 'GAP'));

/**
 * Reads the messages of an object, or of an event of a watch, that is printed in one line of JSON. A recording's other
 * lines have none.
 */
const readObjectInLine = (line: string): Pasted[] | undefined => {
  const value = parseObject(line);
  if (value !== undefined && isOfSuite(value)) return [];
  const object = (value?.object ?? value) as Record<string, unknown> | undefined;
  // An API server leaves the kind out of what it lists, and a watch sends that on.
  const isObject = typeof object?.kind === 'string' || value?.object !== undefined;
  if (!isObject || typeof object?.metadata !== 'object') return undefined;
  const said = saidIn(object);
  return said.length > 0 ? said : statesIn([object]).map(asText);
};

const isManifest = (text: string): boolean => /^\s*(?:kind|Kind): +\w+\s*$/m.test(text);

// The conditions of an object in the output of `kubectl describe`.
const isOfDescription = (text: string): boolean =>
  /^\s*Message: +\S/m.test(text) && /^\s*Reason: +\S/m.test(text);

const startsManifest = /^\s*(?:- )?(?:Name|Namespace|apiVersion|kind|Kind|metadata):(?:\s|$)/;

// A typed command, the fence of a code block, or a heading.
const isAside = /^(?:`{3}|\S{0,100}[$#] |\[[^\]]{1,100}\][$#] ?|[\w ]{1,60}:$)/;

const described =
  /^[ \t]*(?:Message|Error): +(\S[^\n]*(?:\n(?![ \t]*[\w .-]{1,60}:(?:\s|$))[ \t]+\S[^\n]*|\n(?:Mounting (?:command|arguments)|Output): [^\n]*)*)/gm;

/** Reads the messages in the output of `kubectl describe`. An object may have none. */
const readDescribed = (text: string): Pasted[] => {
  const controller = controllers[/^Kind: +(\w+)/m.exec(text)?.[1] ?? ''];
  return [...text.matchAll(described)].map(([, said = '']) => ({
    text: said.replace(/\s*\n\s*/g, ' ').trim(),
    ...(controller !== undefined && { controller }),
    objects: [],
  }));
};

const ended =
  /^([ \t]*)(?:- )?(?:Last )?State:[ \t]+Terminated[ \t]*\n((?:\1[ \t]+(?:Reason|Message|Exit Code|Signal|Started|Finished):[^\n]*(?:\n|$))+)/gm;

const saysHowEnded = /terminated with exit code \d|^\s*(?:Reason|Message): /;

/** Reads from the output of `kubectl describe pod` how containers ended earlier. */
const readEndedContainers = (text: string): Pasted[] =>
  [...text.matchAll(ended)].flatMap(([, , how = '']) => {
    const partOf = (key: string): string | undefined =>
      new RegExp(`^\\s*${key}: +(\\S.*)$`, 'm').exec(how)?.[1]?.trim();
    return endedContainer(Number(partOf('Exit Code')), partOf('Reason'), partOf('Message'));
  });

// Log stores (Elastic, Loki) show a record of logrus as a string or in a list, inside other JSON.
const quotedRecord = /[[:,]\s{0,20}("time=\\"(?:[^"\\]|\\.)*")/g;

/** Reads the records of logrus in a JSON document, unless its lines are records themselves. */
const readQuotedRecords = (text: string, lines: readonly string[]): Pasted[] => {
  if (lines.some((line) => readJson(line.trim()) !== undefined)) return [];
  return [...text.matchAll(quotedRecord)].flatMap(([, each = '']) => {
    try {
      return readLine(String(JSON.parse(each)).trimEnd()) ?? [];
    } catch {
      return [];
    }
  });
};

const mostOfOneText = 40;

// k9s draws a frame around what it shows.
const withoutFrame = (line: string): string =>
  (line.includes('│') ? line.replace(/^│ ?/, '').replace(/\s+│\s*$/, '') : line).replace(/^`(.*)`$/, '$1');

// A part of a quoted record that was copied without its outer quotes.
const withoutEscapes = (line: string): string =>
  /(?:^|\w)=\\"/.test(line) && !/(?<!\\)"/.test(line)
    ? line.replace(/\\([n"\\])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    : line;

const narrowest = 60;

/** Joins records that a terminal broke at its width: several lines have that length, and none is longer. */
const withoutBreaks = (lines: readonly string[]): readonly string[] => {
  const width = lines.reduce((most, { length }) => Math.max(most, length), 0);
  if (width < narrowest) return lines;
  const behind = lines.filter((_, index) => lines[index - 1]?.length === width);
  if (behind.length < 2 || behind.some((line) => startsRecord.test(line))) return lines;
  const whole: string[] = [];
  lines.forEach((line, index) => {
    const before = lines[index - 1]?.length ?? 0;
    const joined = whole.at(-1) ?? '';
    if (before < width - 1 || startsRecord.test(line) || !record.test(joined.slice(0, 400))) whole.push(line);
    else whole[whole.length - 1] = `${joined}${before === width ? '' : ' '}${line}`;
  });
  return whole;
};

const isCutOff = (line: string): boolean => /^\S/.test(line) && /\s/.test(line) && line.endsWith(':');

const longestText = 1 << 16;

// A sentence that ends in a colon continues in the next line.
const together = (lines: readonly string[]): string[] => {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    const whole =
      before === undefined || before.length >= longestText
        ? undefined
        : (joinedTo(before, line) ??
          (isCutOff(before) && /^\S/.test(line) ? `${before}\n${line}` : undefined));
    if (whole === undefined) joined.push(line);
    else joined[joined.length - 1] = whole;
  }
  return joined;
};

/**
 * Splits a pasted text into messages: it is one text, or lines of a log, or events. `isKnown` says whether a line
 * alone is a known message. If all lines are, each is a message of its own.
 */
export const readPasted = (input: string, isKnown: (text: string) => boolean): Pasted[] => {
  const printed = input.includes('\0')
    ? []
    : withoutBreaks(
        input
          .split(/\r?\n/)
          .flatMap((line) => withoutEscapes(line).split('\n'))
          .map(withoutFrame)
          .filter((line) => line.trim() !== ''),
      );
  const stack = readStackAlone(printed);
  if (stack !== undefined) return [stack];
  const quoted = readQuotedRecords(input, printed);
  if (quoted.length > 0) return quoted;
  const lines = together(printed);
  if (lines.length === 0) return [];
  if (printed.length > 1 && isOneValue(printed)) return [asText(input)];
  const logged = lines.map((line) => readObjectInLine(line.trim()) ?? readLine(line.trimEnd()));
  const read = lines.flatMap((line, index) => {
    if (ofStack.test(line)) return [];
    return logged[index] ?? (isOfStack(line) ? [] : asText(line));
  });
  const listed = statesInTable(printed).map(asText);
  const containers = readEndedContainers(printed.join('\n'));
  if (lines.length === 1 || logged.some((each) => each !== undefined))
    return [...listed, ...containers, ...read];
  const startOfManifest = isManifest(input) ? printed.findIndex((line) => startsManifest.test(line)) : 0;
  if (startOfManifest > 0) {
    const before = printed.slice(0, startOfManifest).filter((line) => !isAside.test(line));
    const told = isKnown(before.join('\n')) ? [asText(before.join('\n'))] : [];
    return [...told, ...readPasted(printed.slice(startOfManifest).join('\n'), isKnown)];
  }
  if (containers.length > 0) {
    const others = lines.filter((line) => !saysHowEnded.test(line) && isKnown(line));
    return [...containers, ...others.map(asText)];
  }
  // A reason that was pasted after the table.
  const said = printed.findIndex((line) => /^\s*(?:- )?(?:error|message): +\S/i.test(line));
  if (listed.length > 0) return said < 0 ? listed : [...listed, asText(printed.slice(said).join('\n'))];
  const objects = readPrintedObjects(input) ?? [];
  if (objects.length > 0) return objects;
  if (isManifest(input) || isOfDescription(input)) return readDescribed(input);
  return lines.length > mostOfOneText || read.every(({ text }) => isKnown(text)) ? read : [asText(input)];
};
