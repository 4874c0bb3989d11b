import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CachedArtifact } from '../cache/cache.ts';
import { buildGo, goVersion } from './go.ts';

const source = join(import.meta.dirname, '../s3');

/**
 * The S3 server of the suite's own stores (`versitygw`), built from its pinned Go module, and the proxy that
 * answers chosen requests with faults (`s3-faults`).
 */
export const s3ServerArtifact = async (): Promise<CachedArtifact> => ({
  name: 's3-server',
  inputs: {
    go: await goVersion(),
    files: await Promise.all(
      ['go.mod', 'go.sum', 'cmd/s3-faults/main.go'].map((file) => readFile(join(source, file), 'utf8')),
    ),
  },
  build: (dir) =>
    buildGo(
      { source, what: 'the S3 server' },
      ['github.com/versity/versitygw/cmd/versitygw', './cmd/s3-faults'],
      { dir },
    ),
});
