import { volumeFolder } from '../../../backupstore/layout.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import type { StepReport } from '../context.ts';

type Told = { text: string; volume: string };

/** The lock that Longhorn names to who lost one; throws for a text that names none in the volume's own folder. */
export const namedLock = ({ text, volume }: Told): string => {
  const [, folder, named] = /failed to acquire lock (\S+)\/([^/\s]+)\.lck when performing backup /.exec(text) ?? [];
  const expected = `${volumeFolder(volume)}/locks`;
  if (named === undefined || folder !== expected) throw new Error(`the text on a lock names none in ${expected}: ${text}`);
  return named;
};

/** Reports in what the text of a deletion that lost a lock differs from the document, and returns the lock that it names; `held` is the one that stood in the way. */
export const reportLockText = (
  report: Pick<StepReport, 'finding'>,
  { held, version, ...told }: Told & { held: string; version: string },
): string => {
  const named = namedLock(told);
  const { text } = told;
  if (named !== held)
    report.finding(
      toFinding(
        'lock-file-of-its-own',
        `Longhorn ${version} names ${named}; the lock that stood in the way was ${held}, in the same folder.`,
      ),
    );
  if (/^(Failed to delete the backup \S+ in the backupstore, err )\1/.test(text))
    report.finding(
      toFinding('lock-message-doubled', `Longhorn ${version} begins twice with the same words, in ${text.length} characters.`),
    );
  if (!text.includes('please try again later.'))
    report.finding(toFinding('lock-message-full-stop', `Longhorn ${version} ends it without a full stop.`));
  return named;
};
