/** What a line of a history says, as far as this bench writes it. */
type Line = Record<string, unknown> & { at: number };

const states = ['Pending', 'InProgress', 'Completed', 'Deleting', 'Error'];

const backup = (name: string, index: number): Record<string, unknown> => {
  const state = states[index % states.length] ?? '';
  const messages =
    state === 'Error'
      ? { error: `Failed to delete the backup ${name}: operation not permitted (${index})` }
      : null;
  return {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'Backup',
    metadata: {
      name,
      namespace: 'longhorn-system',
      uid: `uid-${name}`,
      resourceVersion: String(index),
      labels: { 'backup-target': 'default' },
    },
    spec: {
      backupMode: 'incremental',
      snapshotName: `snapshot-of-${name}`,
      labels: { 'longhorn.io/volume-access-mode': 'rwo' },
    },
    status: {
      state,
      progress: (index * 7) % 101,
      messages,
      ownerID: `node${index % 3}`,
      url: `store://store/${name}`,
      volumeName: 'volume',
    },
  };
};

/**
 * A history of so many events of so many backups in `seconds`, each event another state, with steps and
 * faults.
 */
export const makeHistory = ({
  events,
  objects,
  seconds,
}: {
  events: number;
  objects: number;
  seconds: number;
}): string => {
  const lines: Line[] = [];
  for (let index = 0; index < events; index += 1) {
    const name = `backup-${index % objects}`;
    lines.push({
      at: (index / events) * seconds,
      type: index < objects ? 'ADDED' : 'MODIFIED',
      resource: 'backups',
      object: backup(name, index),
    });
  }
  for (let id = 1; id <= 30; id += 1) {
    const sentence = `Then the backup number ${id} is as it was told`;
    const begins = ((id - 1) / 30) * seconds;
    lines.push({ at: begins, marker: sentence, step: { id, phase: 'begins', sentence } });
    lines.push({ at: begins + seconds / 40, marker: sentence, step: { id, phase: 'passed', sentence } });
  }
  const header = { recording: 'bench', corral: 1, startedAt: '2026-11-20T03:00:00.000Z', seconds };
  return [header, ...lines.toSorted((one, other) => one.at - other.at)]
    .map((line) => JSON.stringify(line))
    .join('\n');
};

/** The log of a pod in that time, a line every so many seconds. */
export const makeLog = ({ lines, seconds }: { lines: number; seconds: number }): string =>
  Array.from({ length: lines }, (_, index) => {
    const at = new Date(
      Date.parse('2026-11-20T03:00:00.000Z') + (index / lines) * seconds * 1000,
    ).toISOString();
    return `${at} time="${at}" level=${index % 50 === 0 ? 'error' : 'info'} msg="Event of a backup ${index}" controller=longhorn-backup`;
  }).join('\n');
