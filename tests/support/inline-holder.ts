import { startBroker } from '../../e2e/suite/exclusive/broker.ts';
import { joinLocks } from '../../e2e/suite/exclusive/join.ts';

// A process to be killed: it holds a name of the broker at an address, or is a broker itself and tells its
// address.
const [address = ''] = process.argv.slice(2);
if (address === 'broker') {
  process.stdout.write(JSON.stringify((await startBroker()).address));
} else {
  await (await joinLocks(address)).hold({ shared: ['a'], exclusive: [] }, new AbortController().signal);
  process.stdout.write('held\n');
}
setInterval(() => {}, 60_000);
