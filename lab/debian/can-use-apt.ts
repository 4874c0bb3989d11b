import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { checkCommands } from '../fitness.ts';
import { debianMirror } from './apt.ts';

/**
 * Whether this machine's apt can download Debian packages. Throws PreconditionError if CORRAL_DEBIAN_MIRROR is set and
 * cannot be used.
 */
export const canUseApt = async (): Promise<boolean> => {
  const commands = await checkCommands(['apt-get', 'dpkg-deb']);
  if (commands.some(({ failure }) => failure !== undefined)) return false;
  return debianMirror().then(
    () => true,
    (error) => {
      if (error instanceof PreconditionError && !process.env.CORRAL_DEBIAN_MIRROR) return false;
      throw error;
    },
  );
};
