import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, onTestFinished } from 'vitest';

/**
 * A new folder for the test that asks for it, or that is about to begin; it goes when that has ended, after
 * whatever else it ends with.
 */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-test-'));
  // What a test has just ended may still write into it.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
};

/** A folder of each test of the file: gives its path, or that of what is in it. */
export const folderOfEachTest = (): ((...path: string[]) => string) => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  return (...path) => join(folder, ...path);
};
