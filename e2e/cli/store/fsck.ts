import { printLines } from '../../kube/print-lines.ts';
import { pluralize } from '../../kube/text.ts';
import { openBlockPool } from '../../store/fsck/block-pool.ts';
import type { StoreFinding } from '../../store/fsck/findings.ts';
import { checkStore, type StoreCheck } from '../../store/fsck/fsck.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { printable } from '../printable.ts';
import { openNamedStore } from './open.ts';
import { bytes, printJson, type StoreFlags } from './text.ts';

/** `fsck STORE`: checks a store and prints the findings. Returns 0 for a sound store, 1 if data are lost or wrong. */
export const fsck = async (
  name: string,
  { output, quick }: StoreFlags & { quick?: true },
): Promise<ExitCode> => {
  const source = await openNamedStore(name);
  const progress = showProgress();
  const pool = quick ? undefined : openBlockPool({ source, checked: progress.add });
  try {
    const started = performance.now();
    const check = await checkStore(source, { now: Date.now(), verify: pool?.verify });
    progress.clear();
    const sound = check.counts.error === 0;
    if (output === 'json') printJson({ store: name, sound, ...check });
    else
      printLines(
        ...check.findings.map(line),
        ...leftOut(check),
        summary(name, check, { quick, seconds: (performance.now() - started) / 1000 }),
      );
    return sound ? exitCode.passed : exitCode.failed;
  } finally {
    progress.clear();
    await pool?.close();
  }
};

const line = ({ severity, code, path, message }: StoreFinding): string =>
  `${severity.padEnd(7)}  ${code}: ${printable(message)} (${printable(path)})`;

const leftOut = ({ leftOut }: StoreCheck): string[] =>
  Object.entries(leftOut).map(([code, number]) => `         ${code}: ${number} more`);

const summary = (
  name: string,
  check: StoreCheck,
  { quick, seconds }: { quick: true | undefined; seconds: number },
): string => {
  const { error, warning, info } = check.counts;
  const looked = quick ? 'their data not looked into' : `all looked into in ${seconds.toFixed(1)} s`;
  const has = [
    pluralize(check.volumes, 'volume'),
    pluralize(check.backups, 'backup'),
    `${pluralize(check.blocks, 'block')} (${bytes(check.bytes)} on disk)`,
    pluralize(check.systemBackups, 'system backup'),
    pluralize(check.backingImages, 'backing image'),
    looked,
  ].join(', ');
  const met = [
    ...(error > 0 ? [pluralize(error, 'error')] : []),
    ...(warning > 0 ? [pluralize(warning, 'warning')] : []),
    ...(info > 0 ? [`${info} to know`] : []),
  ].join(', ');
  return `${printable(name)} ${error > 0 ? 'is damaged' : 'is sound'}${met && `: ${met}`}; ${has}`;
};

// Progress is shown on stderr, and only on a terminal.
const showProgress = () => {
  const { stderr } = process;
  let done = 0;
  return {
    add: (blocks: number): void => {
      done += blocks;
      if (stderr.isTTY) stderr.write(`\r${pluralize(done, 'block')} looked into`);
    },
    clear: (): void => {
      if (stderr.isTTY && done > 0) stderr.write('\r\u001b[K');
      done = 0;
    },
  };
};
