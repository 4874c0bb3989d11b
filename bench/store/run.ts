import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blockSize } from '../../e2e/store/format/pack-block.ts';
import { addFigure, type Figures, figuresTable } from '../lab/table.ts';
import { blockData, makeStore } from './make-store.ts';

const command = fileURLToPath(new URL('../../scripts/corral.ts', import.meta.url));
// So many files with data of their own are enough for sha512sum, which takes the same time for any: it reads
// them again and again.
const rawFiles = 20;

/**
 * Measures `fsck` on a store of so many blocks of 2 MiB beside `sha512sum` on as many files of 2 MiB that are
 * not compressed, both with all processors, in turns, from the page cache; and gives the tables. The
 * comparison favours sha512sum: fsck also decompresses each block and checks the frame's own checksum, while
 * what it saves in reading, compressed blocks being smaller, the page cache makes worth little.
 */
export const benchStore = async ({
  blocks,
  runs,
  print,
}: {
  blocks: number;
  runs: number;
  print: (line: string) => void;
}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bench-store-'));
  const seconds: Figures = new Map();
  const rate: Figures = new Map();
  const ratio: Figures = new Map();
  try {
    const bytes = await makeStore(folder, blocks);
    const raw = Array.from({ length: rawFiles }, (_, index) => join(folder, `raw-${index}`));
    for (const [index, file] of raw.entries()) await writeFile(file, blockData(index));
    print(
      `${blocks} blocks, ${mebibytes(blocks * blockSize)} MiB of data, ${mebibytes(bytes)} MiB on disk, ${availableParallelism()} processors`,
    );
    // Once for the page cache.
    await fsck(folder);
    for (let run = 1; run <= runs; run += 1) {
      const [ours, theirs] = [await fsck(folder), await sha512sum(raw, blocks)];
      for (const [what, time] of [
        ['fsck', ours],
        ['sha512sum', theirs],
      ] as const) {
        addFigure(seconds, what, time);
        addFigure(rate, what, (blocks * blockSize) / (1 << 20) / time);
      }
      addFigure(ratio, 'fsck / sha512sum', ours / theirs);
      print(`run ${run} of ${runs}: fsck ${ours.toFixed(1)} s, sha512sum ${theirs.toFixed(1)} s`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return [
    figuresTable('the same data, s', seconds),
    figuresTable('MiB of data/s', rate),
    figuresTable('how many times as long (goal: 1.5)', ratio),
  ].join('\n');
};

const mebibytes = (bytes: number): string => (bytes / (1 << 20)).toFixed(0);

const timed = async (program: string, args: string[], input = ''): Promise<number> => {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(input);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}`);
  return (performance.now() - started) / 1000;
};

const fsck = (folder: string): Promise<number> => timed(process.execPath, [command, 'store', 'fsck', folder]);

const sha512sum = (raw: string[], files: number): Promise<number> =>
  timed(
    'xargs',
    ['-P', String(availableParallelism()), '-n', '16', 'sha512sum'],
    Array.from({ length: files }, (_, index) => raw[index % raw.length]).join('\n'),
  );
