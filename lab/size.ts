/** The size of a lab. Memory and disk are per node, such as `2048M` or `12G`. */
export type LabSize = {
  /** 1 to 8. */
  nodes: number;
  memory: string;
  /** The disk at /var/lib/longhorn. Its file is sparse. */
  disk: string;
};

/** A lab of this size with the emulator uses less than 4 GiB of memory. */
export const defaultSize: LabSize = { nodes: 3, memory: '1024M', disk: '12G' };
