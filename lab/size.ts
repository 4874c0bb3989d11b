/** How big a lab is; memory and disk are of each node, as `2048M` or `12G`. */
export type LabSize = {
  /** 1 to 8. */
  nodes: number;
  memory: string;
  /** The disk that is mounted at /var/lib/longhorn; its file is sparse. */
  disk: string;
};

/** With the emulator in it a lab of this size stays below 4 GiB of memory. */
export const defaultSize: LabSize = { nodes: 3, memory: '1024M', disk: '12G' };
