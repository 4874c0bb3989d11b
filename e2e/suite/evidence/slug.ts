const longest = 60;

/** Names the folder of a scenario's evidence, within that of all evidence of a run. */
export const slugOf = (name: string, round: number): string => {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const short = plain.replace(/^-/, '').slice(0, longest).replace(/-$/, '');
  return round > 1 ? `${short}-r${round}` : short;
};
