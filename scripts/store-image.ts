import { runStoreImageCommand } from '../e2e/cli/store-image.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';
import { packStoreImage } from '../providers/pack-store-image.ts';

guardOutput();
goOnWithoutReader();

process.exitCode = await runStoreImageCommand(process.argv.slice(2), { pack: packStoreImage });
