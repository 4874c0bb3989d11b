import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { openClient, requestsAtOnce } from '../../e2e/store/drivers/s3/client.ts';

const [, , what, url = ''] = process.argv;

// Every block of the store, 16 at a time; what comes is thrown away.
const download = async (): Promise<void> => {
  const { username: bucket, host: region, pathname } = new URL(url);
  const client = await openClient({ endpoint: process.env.AWS_ENDPOINT_URL, region });
  const blocks = async function* () {
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
  client.destroy();
};

if (what === 'download') await download();
else process.exitCode = await runStoreCommand(['fsck', url]);
process.stderr.write(`${process.resourceUsage().maxRSS}\n`);
