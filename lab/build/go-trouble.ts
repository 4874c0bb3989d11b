import { NotFit } from '../not-fit.ts';
import { oneLine } from '../one-line.ts';
import { CommandFailed } from './command.ts';
import { isDiskTrouble } from './trouble.ts';

const NETWORK =
  /dial tcp|lookup \S+|proxyconnect|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|unexpected EOF|: (4|5)\d\d [A-Z]|GOPROXY=off/;

/** Says why Go could not build, in one line, where that is the machine's; an error in the code, and a full disk, stay as they are. */
export const explainGo = (error: unknown): unknown => {
  if (!(error instanceof CommandFailed) || isDiskTrouble(error)) return error;
  const lines = error.said.split('\n');
  const old = lines.find((line) => /requires go >= |toolchain not available/.test(line));
  if (old !== undefined)
    return new NotFit(`this machine's Go is too old for Kubernetes (${oneLine(old)}): install a newer one, or unset GOTOOLCHAIN`);
  const unreachable = lines.find((line) => NETWORK.test(line));
  if (unreachable === undefined) return error;
  return new NotFit(`Kubernetes' Go modules cannot be fetched (${oneLine(unreachable)}): check the network, and what go env GOPROXY says`);
};
