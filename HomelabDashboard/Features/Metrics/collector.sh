{
# Answers each request ("fast N" or "full N" on a line) with one frame, until the input ends. Everything is read as it
# stands; what it means is found out by the reader. Two processes a fast frame, eight a full one, none between frames.
mark='@MARK@'
LC_ALL=C
PATH=${PATH:-/bin}:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
exec 2>/dev/null

# What a sample needs to know beforehand: local file systems (a dead network mount would hold df up for ever) and the
# sensors of the processor.
look() {
  mounts=$(grep -E '^[^ ]+ [^ ]+ (ext[234]|xfs|btrfs|zfs|f2fs|bcachefs|jfs|reiserfs|nilfs2|vfat|exfat|ntfs3?|fuseblk|ufs|erofs|hfsplus|iso9660) |^[^ ]+ / [^n]' /proc/mounts)
  set --
  count=0
  while read -r device mount type _; do
    while :; do
      case $mount in
        *'\040'*) mount="${mount%%\\040*} ${mount#*\\040}" ;;
        *) break ;;
      esac
    done
    case $mount in
      /snap/* | *\\*) continue ;;
      /*) ;;
      *) continue ;;
    esac
    count=$((count + 1))
    [ $count -gt 64 ] && break
    echo "mount $type $mount"
    paths="$paths${paths:+
}$mount"
  done <<EOF
$mounts
EOF

  temperatures=
  for sensor in /sys/class/hwmon/hwmon*; do
    name=
    [ -r "$sensor/name" ] && read -r name <"$sensor/name"
    case $name in
      coretemp | k10temp | zenpower | k8temp | cpu_thermal | cpu-thermal | soc_thermal | cpu*thermal* | via_cputemp)
        for file in "$sensor"/temp*_input; do
          [ -r "$file" ] && temperatures="$temperatures $file"
        done
        ;;
    esac
  done
  if [ -z "$temperatures" ]; then
    for zone in /sys/class/thermal/thermal_zone*; do
      name=
      [ -r "$zone/type" ] && read -r name <"$zone/type"
      case $name in
        x86_pkg_temp | *cpu* | *CPU* | *soc* | acpitz) temperatures="$temperatures $zone/temp" ;;
      esac
    done
  fi

  # Every sensor, for full readings; but a disk asked for its temperature by the kernel may be kept from sleeping by it.
  sensors=
  for sensor in /sys/class/hwmon/hwmon*; do
    name=
    [ -r "$sensor/name" ] && read -r name <"$sensor/name"
    [ "$name" = drivetemp ] && continue
    set -- "$sensor"/temp*_input
    [ -e "$1" ] && sensors="$sensors $sensor/name $*"
  done

  for item in /sys/class/net/*; do
    [ -e "$item/device" ] && echo "nic ${item##*/}"
  done
  for item in /sys/block/*; do
    [ -e "$item/device" ] && echo "disk ${item##*/}"
  done
}

quick() {
  grep -sv -e '^cpu[0-9]' -e '^intr ' -e '^softirq ' -e ' loop[0-9]' -e ' ram[0-9]' -e '^Huge' -e '^Direct' -e '^Vmalloc' \
    /proc/stat /proc/loadavg /proc/meminfo /proc/uptime /proc/net/dev /proc/diskstats \
    /sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq $temperatures </dev/null
  [ -z "$paths" ] && return
  echo "$mark df"
  (
    set -f
    IFS='
'
    exec df -P -k $paths </dev/null
  )
}

slow() {
  echo "$mark facts"
  set --
  for file in /sys/class/hwmon/hwmon*/temp*_label /sys/class/hwmon/hwmon*/temp*_crit; do
    case $sensors in
      *"${file%_*}_input"*) set -- "$@" "$file" ;;
    esac
  done
  [ -z "$sensors" ] && set -- /sys/class/thermal/thermal_zone*/type /sys/class/thermal/thermal_zone*/temp
  grep -q '^core id' /proc/cpuinfo </dev/null ||
    set -- "$@" /sys/devices/system/cpu/cpu[0-9]*/topology/core_id /sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id
  grep -s '' /etc/os-release /proc/sys/kernel/osrelease /proc/sys/kernel/hostname \
    /sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq /sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq \
    /sys/class/net/*/operstate /sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/speed /sys/class/net/*/duplex \
    /sys/block/*/size /sys/block/*/queue/rotational /sys/block/*/device/model /run/reboot-required.pkgs $sensors "$@" /dev/null
  [ -e /run/reboot-required ] && echo "$mark reboot"
  echo "$mark kernels"
  for item in /lib/modules/* /usr/lib/modules/*; do
    [ -d "$item/kernel" ] && echo "${item##*/}"
  done
  echo "$mark board"
  [ -r /proc/device-tree/model ] && tr -d '\000' </proc/device-tree/model
  echo
  echo "$mark cpuinfo"
  grep -E '^(processor|model name|physical id|core id|cpu cores|siblings|cpu MHz|Hardware|Model)[[:space:]]*:' /proc/cpuinfo
  echo "$mark addresses"
  ip -o addr </dev/null
}

if [ ! -r /proc/stat ]; then
  echo "$mark error no_proc"
  exit
fi
paths=
look >/dev/null
echo "$mark ready"
while read -r kind number; do
  case $kind in
    fast)
      echo "$mark begin $number"
      quick
      ;;
    full)
      echo "$mark begin $number"
      echo "$mark look"
      paths=
      look
      echo "$mark files"
      quick
      slow
      ;;
    *) continue ;;
  esac
  echo "$mark end $number"
done
exit
}
