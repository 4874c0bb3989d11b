/**
 * A bash script for a pod that prints what Longhorn v1.8 to v1.12 checks on its hosts, one `NAME=VALUE` per line, in the
 * same ways as longhorn-manager.
 */
export const hostCheckScript = `
say() { echo "$1=\${*:2}"; }
for process in /host/proc/[0-9]*; do
  if read -r command < "$process/comm" && [ "$command" = iscsid ]; then iscsid=$process; fi 2> /dev/null
done
say initiator "$(nsenter --mount="$iscsid/ns/mnt" --net="$iscsid/ns/net" iscsiadm --version)"
say initiatorName "$(grep -o 'iqn.*' /host/etc/iscsi/initiatorname.iscsi)"

missing=
for command in mount.nfs iscsiadm cryptsetup dmsetup; do
  host sh -c "command -v $command" > /dev/null || missing+=" $command"
done
say missing "$missing"
say multipathd "$(host multipathd show status 2> /dev/null || true)"

loaded=" $(cut -d' ' -f1 /proc/modules | tr '\\n' ' ') "
absent=
for module in dm_crypt nfs nfsv4 iscsi_tcp sd_mod; do
  [[ $loaded == *" $module "* ]] || absent+=" $module"
done
say absent "$absent"

boot=/host/boot/config-$(uname -r)
config=$(if [ -e "$boot" ]; then cat "$boot"; else zcat /host/proc/config.gz; fi)
say nfsClient "$(grep -E '^CONFIG_NFS_V4(_[12])?=' <<< "$config" | tr '\\n' ' ')"
say nfsDefault "$(grep -i '^Defaultvers' /host/etc/nfsmount.conf 2> /dev/null || echo none)"
say directoryDelegations "$(cat /sys/module/nfsv4/parameters/directory_delegations)"

say propagation "$(host findmnt -no PROPAGATION / | uniq)"
say dataOn "$(host findmnt -no FSTYPE,SOURCE /var/lib/longhorn | tr -s ' ')"
say openFiles "$(ulimit -n)"
say inotifyInstances "$(cat /proc/sys/fs/inotify/max_user_instances)"
`;

/** What the check says of a host, by name. */
export const parseHostCheck = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=').trim()];
    }),
  );
