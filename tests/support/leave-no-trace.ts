import { afterAll, afterEach, expect, vi } from 'vitest';

// Without isolation, test files share processes, and a change that a file leaves behind affects the next file. This
// module is loaded before each file, and its hook runs last. Stubs end with their test.
const state = (): Record<string, unknown> => ({
  ...process.env,
  'working directory': process.cwd(),
  'fake timers': vi.isFakeTimers(),
});
const before = state();

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

afterAll(() => {
  const after = state();
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  process.chdir(String(before['working directory']));
  vi.useRealTimers();
  for (const name of changed) {
    const value = before[name];
    if (typeof value === 'string') process.env[name] = value;
    else delete process.env[name];
  }
  expect(changed, 'what this file leaves behind').toEqual([]);
});
