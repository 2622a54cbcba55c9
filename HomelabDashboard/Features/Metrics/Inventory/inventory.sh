{
# Tells once what a host is built of: disks, LVM, ZFS, RAID; and when it is asked to look closer, the health of the disks and the
# updates that wait. Every program is bounded in time and output, nothing is written on the host or asked of the network, and
# no sleeping disk is woken. Each section ends with what the program complained of, and how it ended.
mark='@MARK@'
closer='@CLOSER@'
LC_ALL=C
LVM_SUPPRESS_FD_WARNINGS=1
PATH=${PATH:-/bin}:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH LVM_SUPPRESS_FD_WARNINGS
exec 2>/dev/null

# Every timeout there is: GNU's, busybox's and the busybox of old.
limit=
for try in 'timeout -k 2 @SECONDS@' 'timeout @SECONDS@' 'timeout -t @SECONDS@'; do
  $try true </dev/null && limit=$try && break
done

plain() { head -c 131072; }

# What smartctl says in many lines, without those that nobody reads.
brief() {
  sed -e 's/^ *//' -e '/^"\(prefailure\|updated_online\|performance\|error_rate\|event_count\|auto_keep\|when_failed\|asctime\|platform_info\|build_info\)":/d' | head -c 24576
}

upgrades() { grep -E '^Inst |^[0-9]+ upgraded' | cut -c 1-200 | head -c 65536; }

filter=plain
ask() {
  section=$1
  shift
  echo "$mark $section"
  if [ -z "$limit" ]; then
    said='no timeout
exit 126'
  elif command -v "$1" >/dev/null; then
    { said=$({ { $limit "$@" </dev/null; echo "exit $?" >&2; } | $filter >&3; } 2>&1 | tail -n 4 | cut -c 1-300); } 3>&1
  else
    said='exit 127'
  fi
  echo
  echo "$mark $section-end"
  echo "$said"
}

echo "$mark begin 1"
echo "$mark who"
root=$(id -u)
echo "$root"
ask lsblk lsblk -J -b -e 1,2,7,11 -o NAME,KNAME,TYPE,SIZE,ROTA,MODEL,SERIAL,TRAN,FSTYPE,LABEL,MOUNTPOINT
echo "$mark raid"
grep -s '' /proc/mdstat /sys/block/md*/md/array_state /sys/block/md*/md/degraded /sys/block/md*/md/mismatch_cnt /dev/null
if [ "$root" = 0 ]; then
  # No copy of the metadata is kept, whatever lvm.conf says: reading leaves nothing behind.
  set -- --reportformat json --units b --nosuffix --config 'backup { backup = 0 archive = 0 }' -o
  ask pvs pvs "$@" pv_name,vg_name,pv_size,pv_free,pv_attr
  ask vgs vgs "$@" vg_name,vg_size,vg_free,vg_attr,pv_count,lv_count,vg_missing_pv_count
  ask lvs lvs "$@" lv_name,vg_name,lv_size,lv_attr,lv_layout,pool_lv,origin,data_percent,metadata_percent,copy_percent,lv_health_status,lv_path
elif command -v lvs >/dev/null; then
  echo "$mark lvs-end"
  echo 'exit root'
else
  echo "$mark lvs-end"
  echo 'exit 127'
fi
ask zpool-list zpool list -H -p -o name,size,allocated,free,fragmentation,capacity,dedupratio,health
ask zpool-status zpool status -L -P
echo "$mark end 1"

[ "$closer" = yes ] || exit 0
echo "$mark begin 2"
echo "$mark who"
echo "$root"
if [ "$root" = 0 ] && command -v smartctl >/dev/null; then
  filter=brief
  count=0
  disks=$($limit lsblk -d -n -o KNAME -e 1,2,7,11 </dev/null | head -c 4096)
  for disk in ${disks:-$(cd /sys/block && echo *)}; do
    case $disk in
      *[!a-z0-9]*) continue ;;
      sd* | hd* | nvme*n*) ;;
      *) continue ;;
    esac
    count=$((count + 1))
    [ $count -gt 32 ] && break
    ask "disk-$disk" smartctl -j -n standby -i -H -A "/dev/$disk"
  done
  filter=plain
  echo "$mark smart-end"
  echo 'exit 0'
else
  echo "$mark smart-end"
  if command -v smartctl >/dev/null; then echo 'exit root'; else echo 'exit 127'; fi
fi
if [ "$root" = 0 ]; then
  for array in /sys/block/md*; do
    [ -d "$array/md" ] && ask "mdadm-${array##*/}" mdadm --detail --export "/dev/${array##*/}"
  done
fi
# Reckoning the updates costs seconds of a processor, so it is done again only when the package lists or what is installed changed.
updates() {
  kind=$1
  shift
  stamp=$(stat -c %Y "$@" | tr '\n' -)
  echo "$mark updates"
  echo "$kind $stamp"
  [ "$stamp" != "$seen" ]
}
seen='@SEEN@'
if command -v apt-get >/dev/null; then
  # Out of the lists that are there; the caches that apt would write are turned off.
  filter=upgrades
  updates apt /var/lib/apt/lists /var/lib/dpkg/status &&
    ask apt apt-get -s -q -o Debug::NoLocking=true -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= dist-upgrade
elif command -v apk >/dev/null; then
  updates apk /var/cache/apk/APKINDEX.* /etc/apk/cache/APKINDEX.* /lib/apk/db/installed && ask apk apk --no-network list --upgradable
elif command -v dnf >/dev/null; then
  updates dnf /var/cache/dnf /var/cache/libdnf5 /var/lib/rpm /usr/lib/sysimage/rpm && ask dnf dnf -C -q --setopt=logdir=/proc/self/fd check-update
fi
echo "$mark end 2"
exit 0
}
