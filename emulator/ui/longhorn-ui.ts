import { longhornApiPort } from '../api/resource.ts';
import { readBehaviour } from '../environment.ts';
import { createLog } from '../log.ts';
import { serveFrontend } from './frontend.ts';

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

const { clock, mutant } = readBehaviour(process.env);
// No top-level await, because the CommonJS bundle cannot have one.
void serveFrontend({
  backend: { host: 'longhorn-backend', port: longhornApiPort },
  readTimeout: clock.uiReadTimeout,
  page: `${import.meta.dirname}/page.js`,
  mutant,
  log: createLog((line) => process.stdout.write(line)),
  signal: new AbortController().signal,
});
