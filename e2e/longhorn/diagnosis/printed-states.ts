// Kinds of objects, by columns that kubectl prints for no other kind.
const tables: readonly (readonly [kind: string, columns: readonly string[]])[] = [
  ['BackupTarget', ['URL', 'AVAILABLE']],
  ['SystemBackup', ['VERSION', 'STATE', 'LASTSYNCEDAT']],
  ['BackupBackingImage', ['BACKINGIMAGE', 'STATE', 'LASTSYNCEDAT']],
  ['Backup', ['SNAPSHOTNAME', 'STATE']],
  ['Volume', ['ROBUSTNESS', 'SCHEDULED']],
  ['InstanceManager', ['STATE', 'TYPE', 'NODE']],
];

const kinds = new Set([...tables.map(([kind]) => kind), 'SystemRestore']);

const stateOf = (kind: string, name: string, state: string): string =>
  `${kind} ${name} is in the state ${state}`;

const targetOf = (name: string, isAvailable: boolean, url: string): string =>
  `BackupTarget ${name} is ${isAvailable ? 'available' : 'not available'}${url === '' ? ', and has no URL' : ''}`;

const columnsOf = (header: string): [name: string, start: number][] =>
  [...header.matchAll(/[A-Z]+(?: [A-Z]+)*/g)].map((found) => [found[0], found.index]);

const isHeader = (line: string): boolean => /^NAME {2,}[A-Z]/.test(line);

/** The states of the objects in a table of `kubectl get`, one sentence each. */
export const statesInTable = (lines: readonly string[]): string[] => {
  let columns: [name: string, start: number][] = [];
  let kind: string | undefined;
  return lines.flatMap((line) => {
    if (isHeader(line)) {
      columns = columnsOf(line);
      const names = columns.map(([name]) => name);
      kind =
        names.join() === 'NAME,STATE,AGE'
          ? 'SystemRestore'
          : tables.find(([, needed]) => needed.every((each) => names.includes(each)))?.[0];
      return [];
    }
    if (kind === undefined || !/^[a-z0-9]/.test(line)) return [];
    const cells = Object.fromEntries(
      columns.map(([name, start], index) => [name, line.slice(start, columns[index + 1]?.[1]).trim()]),
    );
    const { NAME = '', STATE = '', AVAILABLE, ROBUSTNESS, URL = '' } = cells;
    if (!/^[a-z0-9][\w.-]*$/.test(NAME)) return [];
    if (AVAILABLE === 'true' || AVAILABLE === 'false') return [targetOf(NAME, AVAILABLE === 'true', URL)];
    if (ROBUSTNESS !== undefined) return [`${kind} ${NAME} is ${ROBUSTNESS}`];
    return STATE === '' ? [] : [stateOf(kind, NAME, STATE)];
  });
};

type Printed = {
  kind?: unknown;
  metadata?: { name?: unknown };
  spec?: { backupTargetURL?: unknown };
  status?: { available?: unknown; state?: unknown };
};

/** The states of objects that kubectl printed as YAML or JSON, one sentence each. */
export const statesIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(statesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { kind, metadata, spec, status } = value as Printed;
  const name = String(metadata?.name ?? 'of that name');
  if (typeof spec?.backupTargetURL === 'string' && typeof status?.available === 'boolean')
    return [targetOf(name, status.available, spec.backupTargetURL)];
  if (typeof status?.state === 'string' && status.state !== '' && kinds.has(String(kind)))
    return [stateOf(String(kind), name, status.state)];
  return Object.values(value).flatMap(statesIn);
};
