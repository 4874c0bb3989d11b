import { readFile, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { runSoakCommand } from '../../e2e/cli/soak.ts';
import { soakFiles, soakFolder } from '../../e2e/soak/actions.ts';
import { captured } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each(['runs', 'reduced'] as const)(
  'a replay keeps the file of the soak that it repeats: %s',
  async (kind) => {
    const folder = await temporaryFolder();
    onTestFinished(() => void delete process.env[soakFolder]);
    const file = soakFiles(folder)[kind];
    const text = `${JSON.stringify({ run: 3, actions: [{ do: 'back up', volume: 0 }] })}\n`;
    await writeFile(file, text);
    const { code, stdout } = await captured(() =>
      runSoakCommand(['--replay', file, '--out', folder], { providers: {}, config: 'none' }),
    );
    expect(code).not.toBe(0);
    expect(await readFile(file, 'utf8')).toBe(text);
    // What the soak counted and reduced is not of this run.
    expect(stdout).not.toMatch(/runs|reduced to/);
  },
);
