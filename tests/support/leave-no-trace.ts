import { afterAll, afterEach, expect, vi } from 'vitest';

// The files of a project without isolation share their processes: what one leaves behind would be the next
// one's. This is read before each file, and its hook is the last that runs after it. What was stubbed ends
// with the test.
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
