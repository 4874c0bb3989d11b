import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, onTestFinished } from 'vitest';

/**
 * A new folder for the current test, or in a hook for the next one. It is removed after all other hooks of that test.
 */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-test-'));
  // A process that the test has just ended may still write there.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
};

/** Makes a folder for each test of the file. Returns a function for its path and for paths in it. */
export const folderOfEachTest = (): ((...path: string[]) => string) => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  return (...path) => join(folder, ...path);
};
