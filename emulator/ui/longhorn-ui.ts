import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiPort } from '../api/handler.ts';
import { readBehaviour } from '../environment.ts';
import { createLog } from '../log.ts';
import { serveFrontend } from './frontend.ts';

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

const { clock, mutant } = readBehaviour(process.env);
await serveFrontend({
  backend: { host: 'longhorn-backend', port: apiPort },
  readTimeout: clock.uiReadTimeout,
  page: `${dirname(fileURLToPath(import.meta.url))}/page.js`,
  mutant,
  log: createLog((line) => process.stdout.write(line)),
  signal: new AbortController().signal,
});
