import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { labDir, labSockets } from '../run/settings.ts';

/** Ctrl-] leaves the shell, as in telnet: Ctrl-C and Ctrl-D belong to the node. */
const LEAVE = 0x1d;

/**
 * Connects this terminal to a root shell on a node's own console; resolves when the input ends or Ctrl-] is pressed.
 *
 * It needs neither kubelet nor network on the node.
 */
export const shell = async (lab: string, node: string): Promise<void> => {
  if (!existsSync(labDir(lab))) throw new Error(`no lab named ${lab} is up; npm run lab -- status lists them`);
  process.chdir(labDir(lab));
  const path = labSockets.console(node);
  if (!existsSync(path)) throw new Error(`the lab ${lab} has no node named ${node}`);
  const socket = connect(path);
  const { stdin, stdout } = process;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject).on('close', () => resolve());
    socket.on('connect', () => {
      if (stdin.isTTY) {
        stdin.setRawMode(true);
        stdout.write('Ctrl-] leaves this shell.\r\n');
      }
      socket.write('\n');
      socket.pipe(stdout, { end: false });
      stdin.on('data', (keys: Buffer) => {
        if (stdin.isTTY && keys.includes(LEAVE)) socket.destroy();
        else socket.write(keys);
      });
      // What was piped in is still being answered: the node's shell ends it.
      stdin.on('end', () => socket.write('exit\n', () => setTimeout(() => socket.destroy(), 500)));
    });
  });
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
};
