import { readFile } from 'node:fs/promises';
import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { openClient } from '../../e2e/store/drivers/s3/client.ts';
import { requestsAtOnce } from '../../e2e/store/drivers/s3/s3-source.ts';

// Checks a store in a bucket or downloads its blocks, and prints the most memory that it took, in KiB.
const [, , what, url = ''] = process.argv;
const { AWS_ENDPOINT_URL: endpoint, AWS_CA_BUNDLE: bundle = '' } = process.env;

// What comes is thrown away.
const download = async (): Promise<void> => {
  const { username: bucket, host: region, pathname } = new URL(url);
  const client = await openClient({ endpoint, region, ca: await readFile(bundle, 'utf8') });
  const blocks = async function* (): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await client.listObjectsV2({
        Bucket: bucket,
        Prefix: `${pathname.slice(1)}/`,
        ...(token !== undefined && { ContinuationToken: token }),
      });
      for (const { Key } of page.Contents ?? []) if (Key?.endsWith('.blk')) yield Key;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  };
  const all = blocks();
  const hand = async (): Promise<void> => {
    for (;;) {
      const { value: Key } = await all.next();
      if (Key === undefined) return;
      const { Body } = await client.getObject({ Bucket: bucket, Key });
      for await (const _ of Body as AsyncIterable<Uint8Array>);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, hand));
};

if (what === 'download') await download();
else process.exitCode = await runStoreCommand(['fsck', url]);
process.stderr.write(`${process.resourceUsage().maxRSS}\n`);
