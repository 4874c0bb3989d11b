import type { Timeline } from '../../../history/timeline.ts';
import { shorten } from '../../../kube/text.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { BackupTable, MenuItem } from '../../../ui/backup-table.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';

/** The content of a row. `hidden` is a message of the custom resource that the page does not show. */
type ReportedRow = { summary: string; hidden: string | undefined };

// The maximum number of attempts. A backup that changes during each of them cannot be read.
const mostReadings = 5;

// In characters: the error of a command may contain all its output.
const longestQuote = 100;

/**
 * Compares a backup's row, menu and tooltips with its custom resource. If the custom resource changes meanwhile,
 * reads again as soon as the page shows the change (`ready`).
 */
export const judgeRow = async (
  table: BackupTable,
  { name, backups, ready }: { name: string; backups: Timeline<Backup>; ready: () => Promise<void> },
): Promise<ReportedRow> => {
  for (let reading = 0; reading < mostReadings; reading += 1) {
    await ready();
    const backup = backups.current(name);
    if (backup === undefined) throw new Error(`${name} is gone, so its row says nothing any more`);
    const read = await readRow(table, backup);
    if (backups.current(name)?.metadata.resourceVersion === backup.metadata.resourceVersion)
      return judge(read, backup);
  }
  throw new InconclusiveError(`${name} changed each of ${mostReadings} times while its row was read`);
};

type Read = { menu: MenuItem[]; tooltips: { wanted: string; found: string }[]; text: string };

const readRow = async (table: BackupTable, { metadata: { name }, status }: Backup): Promise<Read> => {
  const tooltips: Read['tooltips'] = [];
  const menu = await table.menu(name);
  if (status?.messages?.error)
    tooltips.push({ wanted: status.messages.error, found: await table.tooltip(name, 'Volume') });
  if (status?.state === 'Error' && status.error)
    tooltips.push({ wanted: status.error, found: await table.tooltip(name, 'Creation State') });
  return { menu, tooltips, text: await table.text() };
};

const judge = ({ menu, tooltips, text }: Read, backup: Backup): ReportedRow => {
  const { messages, url } = backup.status ?? {};
  const isUseless = !!messages?.error || !url;
  const wanted: MenuItem[] = [
    { name: 'Delete', isDisabled: false },
    { name: 'Restore', isDisabled: isUseless },
    { name: 'Get URL', isDisabled: isUseless },
  ];
  const problems = wanted
    .filter((item) => !menu.some((each) => each.name === item.name && each.isDisabled === item.isDisabled))
    .map(
      (item) =>
        `${item.name} should be ${item.isDisabled ? 'disabled' : 'enabled'}; the menu has ${describeMenu(menu)}`,
    );
  for (const { wanted: message, found } of tooltips)
    if (plain(found) !== plain(message))
      problems.push(`the tooltip says "${found}", where the custom resource says "${message}"`);
  throwIfAny(
    problems,
    `the row of ${backup.metadata.name}, which is ${backupState(backup)}, is not as it should be`,
  );
  const info = messages?.info;
  return {
    summary: [describeMenu(menu), ...tooltips.map(({ found }) => `"${shorten(found, longestQuote)}"`)].join(
      '; ',
    ),
    hidden: info && !plain(text).includes(plain(info)) ? info : undefined,
  };
};

const describeMenu = (menu: readonly MenuItem[]): string =>
  menu.map(({ name, isDisabled }) => `${name}${isDisabled ? ' (disabled)' : ''}`).join(', ');

// A browser draws line breaks as spaces.
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
