import { startBroker } from '../../e2e/suite/exclusive/broker.ts';

// A process to be killed: it is a broker, and tells its address.
process.stdout.write(JSON.stringify((await startBroker()).address));
setInterval(() => {}, 60_000);
