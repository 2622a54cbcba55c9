using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Tests.Features.Metrics.Inventory;

/// <summary>What programs on hosts print, in the forms of several of their versions.</summary>
internal static class Reports
{
    // util-linux 2.33 and later: numbers and truth values.
    public const string Lsblk = """
        {
           "blockdevices": [
              {"name":"sda", "kname":"sda", "type":"disk", "size":4000787030016, "rota":true, "model":"PLATTER 4T", "serial":"PL-0001", "tran":"sata", "fstype":null, "label":null, "mountpoint":null,
                 "children": [
                    {"name":"md0", "kname":"md0", "type":"raid1", "size":4000650887168, "rota":true, "model":null, "serial":null, "tran":null, "fstype":"ext4", "label":"vault", "mountpoint":"/srv/vault"}
                 ]
              },
              {"name":"sdb", "kname":"sdb", "type":"disk", "size":4000787030016, "rota":true, "model":"PLATTER 4T", "serial":"PL-0002", "tran":"sata", "fstype":null, "label":null, "mountpoint":null,
                 "children": [
                    {"name":"md0", "kname":"md0", "type":"raid1", "size":4000650887168, "rota":true, "model":null, "serial":null, "tran":null, "fstype":"ext4", "label":"vault", "mountpoint":"/srv/vault"}
                 ]
              },
              {"name":"sdc", "kname":"sdc", "type":"disk", "size":2000398934016, "rota":true, "model":"PLATTER 2T", "serial":"PL-0003", "tran":"sata", "fstype":"zfs_member", "label":"tank", "mountpoint":null},
              {"name":"sdd", "kname":"sdd", "type":"disk", "size":2000398934016, "rota":true, "model":"PLATTER 2T", "serial":"PL-0004", "tran":"sata", "fstype":"zfs_member", "label":"tank", "mountpoint":null},
              {"name":"zram0", "kname":"zram0", "type":"disk", "size":0, "rota":false, "model":null, "serial":null, "tran":null, "fstype":null, "label":null, "mountpoint":"[SWAP]"},
              {"name":"nvme0n1", "kname":"nvme0n1", "type":"disk", "size":500107862016, "rota":false, "model":"FLASH 500", "serial":"FL-0001", "tran":"nvme", "fstype":null, "label":null, "mountpoint":null,
                 "children": [
                    {"name":"nvme0n1p1", "kname":"nvme0n1p1", "type":"part", "size":536870912, "rota":false, "model":null, "serial":null, "tran":"nvme", "fstype":"vfat", "label":null, "mountpoint":"/boot/efi"},
                    {"name":"nvme0n1p2", "kname":"nvme0n1p2", "type":"part", "size":499569991680, "rota":false, "model":null, "serial":null, "tran":"nvme", "fstype":"LVM2_member", "label":null, "mountpoint":null,
                       "children": [
                          {"name":"main-root", "kname":"dm-0", "type":"lvm", "size":64424509440, "rota":false, "model":null, "serial":null, "tran":null, "fstype":"ext4", "label":null, "mountpoint":"/"},
                          {"name":"main-swap", "kname":"dm-1", "type":"lvm", "size":8589934592, "rota":false, "model":null, "serial":null, "tran":null, "fstype":"swap", "label":null, "mountpoint":"[SWAP]"}
                       ]
                    }
                 ]
              }
           ]
        }
        """;

    // util-linux 2.27 to 2.32: everything a string.
    public const string LsblkOfOld = """
        {
           "blockdevices": [
              {"name": "sda", "kname": "sda", "type": "disk", "size": "64023257088", "rota": "0", "model": "FLASH 64", "serial": null, "tran": "sata", "fstype": null, "label": null, "mountpoint": null,
                 "children": [
                    {"name": "sda1", "kname": "sda1", "type": "part", "size": "64022904832", "rota": "0", "model": null, "serial": null, "tran": null, "fstype": "ext4", "label": null, "mountpoint": "/"}
                 ]
              }
           ]
        }
        """;

    public const string Pvs = """
          {
              "report": [
                  {
                      "pv": [
                          {"pv_name":"/dev/nvme0n1p2", "vg_name":"main", "pv_size":"499566772224", "pv_free":"21474836480", "pv_attr":"a--"},
                          {"pv_name":"[unknown]", "vg_name":"spare", "pv_size":"310378496", "pv_free":"310378496", "pv_attr":"a-m"},
                          {"pv_name":"/dev/sde", "vg_name":"", "pv_size":"314572800", "pv_free":"314572800", "pv_attr":"---"}
                      ]
                  }
              ]
          }
        """;

    public const string Vgs = """
          {
              "report": [
                  {
                      "vg": [
                          {"vg_name":"main", "vg_size":"499566772224", "vg_free":"21474836480", "vg_attr":"wz--n-", "pv_count":"1", "lv_count":"5", "vg_missing_pv_count":"0"},
                          {"vg_name":"spare", "vg_size":"620756992", "vg_free":"473956352", "vg_attr":"wz-pn-", "pv_count":"2", "lv_count":"1", "vg_missing_pv_count":"1"}
                      ]
                  }
              ]
          }
        """;

    public const string Lvs = """
          {
              "report": [
                  {
                      "lv": [
                          {"lv_name":"root", "vg_name":"main", "lv_size":"64424509440", "lv_attr":"-wi-ao----", "lv_layout":"linear", "pool_lv":"", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/main/root"},
                          {"lv_name":"swap", "vg_name":"main", "lv_size":"8589934592", "lv_attr":"-wi-ao----", "lv_layout":"linear", "pool_lv":"", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/main/swap"},
                          {"lv_name":"guests", "vg_name":"main", "lv_size":"386547056640", "lv_attr":"twi-aotz--", "lv_layout":"thin,pool", "pool_lv":"", "origin":"", "data_percent":"91.27", "metadata_percent":"4.52", "copy_percent":"", "lv_health_status":"", "lv_path":""},
                          {"lv_name":"vm-101", "vg_name":"main", "lv_size":"107374182400", "lv_attr":"Vwi-aotz--", "lv_layout":"thin,sparse", "pool_lv":"guests", "origin":"", "data_percent":"63.10", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/main/vm-101"},
                          {"lv_name":"vm-102", "vg_name":"main", "lv_size":"34359738368", "lv_attr":"Vwi---tz--", "lv_layout":"thin,sparse", "pool_lv":"guests", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/main/vm-102"},
                          {"lv_name":"pair", "vg_name":"spare", "lv_size":"20971520", "lv_attr":"rwi-a-r-p-", "lv_layout":"raid,raid1", "pool_lv":"", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"40.00", "lv_health_status":"partial", "lv_path":"/dev/spare/pair"}
                      ]
                  }
              ]
              ,
              "log": [
              ]
          }
        """;

    /// <summary>LVM 2.03.16's own words for two volumes made with it, on a machine without the device mapper.</summary>
    public const string LvsWithoutDeviceMapper = """
          {
              "report": [
                  {
                      "lv": [
                          {"lv_name":"data", "vg_name":"tank0", "lv_size":"104857600", "lv_attr":"-wi-XX----", "lv_layout":"linear", "pool_lv":"", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/tank0/data"},
                          {"lv_name":"root", "vg_name":"tank0", "lv_size":"41943040", "lv_attr":"-wi-XX----", "lv_layout":"linear", "pool_lv":"", "origin":"", "data_percent":"", "metadata_percent":"", "copy_percent":"", "lv_health_status":"", "lv_path":"/dev/tank0/root"}
                      ]
                  }
              ]
          }
        """;

    public const string ZpoolList =
        "tank\t3985729650688\t2989297238016\t996432412672\t17\t75\t1.00\tDEGRADED\n" +
        "scratch\t500107862016\t-\t-\t-\t-\t-\tUNAVAIL\n";

    public const string ZpoolStatus = """
          pool: scratch
         state: UNAVAIL
        status: One or more devices are faulted in response to IO failures.
        action: Make sure the affected devices are connected, then run 'zpool clear'.
        config:

        	NAME        STATE     READ WRITE CKSUM
        	scratch     UNAVAIL      0     0     0  insufficient replicas
        	  /dev/sdx1  FAULTED     12  1.5K     0  too many errors

        errors: List of errors unavailable: pool I/O is currently suspended

          pool: tank
         state: DEGRADED
        status: One or more devices could not be used because the label is missing or
        	invalid.  Sufficient replicas exist for the pool to continue
        	functioning in a degraded state.
        action: Replace the device using 'zpool replace'.
          scan: scrub repaired 0B in 06:12:44 with 0 errors on Sun Nov 15 06:36:45 2026
        config:

        	NAME             STATE     READ WRITE CKSUM
        	tank             DEGRADED     0     0     0
        	  mirror-0       DEGRADED     0     0     0
        	    /dev/sdc     ONLINE       0     0     0
        	    /dev/sdd     UNAVAIL      3     0     7  was /dev/sdd
        	logs
        	  /dev/nvme1n1p1  ONLINE      0     0     0

        errors: No known data errors
        """;

    public const string Mdstat = """
        /proc/mdstat:Personalities : [raid1] [raid6] [raid5] [raid4]
        /proc/mdstat:md1 : active raid5 sdh1[4] sdg1[1](F) sdf1[0] sde1[2](S)
        /proc/mdstat:      3906764800 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [U_U]
        /proc/mdstat:      [==>..................]  recovery = 12.6% (246183512/1953382400) finish=150.2min speed=189440K/sec
        /proc/mdstat:      bitmap: 3/15 pages [12KB], 65536KB chunk
        /proc/mdstat:
        /proc/mdstat:md0 : active (auto-read-only) raid1 sdb[1] sda[0]
        /proc/mdstat:      3906885632 blocks super 1.2 [2/2] [UU]
        /proc/mdstat:      	resync=PENDING
        /proc/mdstat:
        /proc/mdstat:md127 : inactive sdi[1](S)
        /proc/mdstat:      976631512 blocks super 1.2
        /proc/mdstat:
        /proc/mdstat:unused devices: <none>
        /sys/block/md0/md/array_state:clean
        /sys/block/md0/md/mismatch_cnt:128
        /sys/block/md1/md/array_state:active
        """;

    public const string MdadmExport = """
        MD_LEVEL=raid1
        MD_DEVICES=2
        MD_METADATA=1.2
        MD_UUID=00000000:11111111:22222222:33333333
        MD_DEVNAME=vault
        MD_NAME=nas:vault
        MD_DEVICE_dev_sda_ROLE=0
        MD_DEVICE_dev_sda_DEV=/dev/sda
        """;

    public const string SmartAta = """
        {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 0], "exit_status": 64},
        "device": {"name": "/dev/sda", "info_name": "/dev/sda [SAT]", "type": "sat", "protocol": "ATA"},
        "model_name": "PLATTER 4T",
        "serial_number": "PL-0001",
        "rotation_rate": 5400,
        "smart_status": {"passed": true},
        "ata_smart_attributes": {"revision": 16, "table": [
        {"id": 5, "name": "Reallocated_Sector_Ct", "value": 200, "worst": 200, "thresh": 140, "flags": {"value": 51, "string": "PO--CK "}, "raw": {"value": 8, "string": "8"}},
        {"id": 9, "name": "Power_On_Hours", "value": 60, "worst": 60, "thresh": 0, "flags": {"value": 50, "string": "-O--CK "}, "raw": {"value": 29341, "string": "29341"}},
        {"id": 194, "name": "Temperature_Celsius", "value": 117, "worst": 101, "thresh": 0, "raw": {"value": 214749282337, "string": "33 (Min/Max 19/50)"}},
        {"id": 197, "name": "Current_Pending_Sector", "value": 200, "worst": 200, "thresh": 0, "raw": {"value": 2, "string": "2"}},
        {"id": 198, "name": "Offline_Uncorrectable", "value": 100, "worst": 253, "thresh": 0, "raw": {"value": 0, "string": "0"}},
        {"id": 199, "name": "UDMA_CRC_Error_Count", "value": 200, "worst": 200, "thresh": 0, "raw": {"value": 0, "string": "0"},
        }
        ]},
        "power_on_time": {"hours": 29341},
        "temperature": {"current": 33}
        }
        """;

    public const string SmartNvme = """
        {
          "json_format_version": [1, 0],
          "smartctl": {"version": [7, 3], "svn_revision": "0000", "argv": ["smartctl", "-j"], "exit_status": 0},
          "device": {"name": "/dev/nvme0n1", "type": "nvme", "protocol": "NVMe"},
          "model_name": "FLASH 500", "serial_number": "FL-0001",
          "smart_status": {"passed": true, "nvme": {"value": 0}},
          "nvme_smart_health_information_log": {"critical_warning": 0, "temperature": 38, "available_spare": 100, "available_spare_threshold": 10, "percentage_used": 7, "media_errors": 0, "power_on_hours": 4123},
          "temperature": {"current": 38}, "power_cycle_count": 31, "power_on_time": {"hours": 4123}
        }
        """;

    public const string SmartSsd = """
        {
          "smartctl": {"version": [7, 4], "exit_status": 8},
          "model_name": "FLASH 64", "rotation_rate": 0,
          "smart_status": {"passed": false},
          "ata_smart_attributes": {"table": [{"id": 177, "name": "Wear_Leveling_Count", "value": 4, "raw": {"value": 1900, "string": "1900"}}]}
        }
        """;

    public const string SmartScsi = """
        {
          "smartctl": {"version": [7, 4], "exit_status": 0},
          "scsi_model_name": "SPINDLE 8T", "serial_number": "SP-1",
          "smart_status": {"passed": true}, "scsi_grown_defect_list": 3,
          "scsi_error_counter_log": {"read": {"total_uncorrected_errors": 1}, "write": {"total_uncorrected_errors": 0}},
          "temperature": {"current": 41, "drive_trip": 60}, "power_on_time": {"hours": 100, "minutes": 3}
        }
        """;

    public const string SmartAsleep = """
        {
          "smartctl": {"version": [7, 3], "messages": [{"string": "Device is in STANDBY mode, exit(2)", "severity": "information"}], "exit_status": 2},
          "device": {"name": "/dev/sdb", "type": "sat", "protocol": "ATA"}
        }
        """;

    /// <summary>smartctl 7.3's own words for a disk of a virtual machine.</summary>
    public const string SmartOfNoDisk = """
        {
          "json_format_version": [1, 0],
          "smartctl": {"version": [7, 3], "argv": ["smartctl", "-j"], "messages": [{"string": "/dev/vda: Unable to detect device type", "severity": "error"}], "exit_status": 1},
          "local_time": {"time_t": 1795276627}
        }
        """;

    public const string Apt = """
        Inst libexample3 [3.0.1-1] (3.0.2-1 Debian-Security:12/oldstable-security [amd64])
        Inst base-example [12.4] (12.5 Debian:12.12/oldstable [amd64]) []
        Inst linux-image-example (6.1.140-1 Debian-Security:12/oldstable-security [amd64])
        2 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.
        """;

    public const string Apk = """
        busybox-example-1.36.1-r29 x86_64 {busybox-example} (GPL-2.0-only) [upgradable from: busybox-example-1.36.1-r28]
        lib-example3-3.1.5-r0 x86_64 {example} (Apache-2.0) [upgradable from: lib-example3-3.1.4-r6]
        """;

    public const string Dnf = """

        example-libs.x86_64                 1:3.2.2-6.el9              baseos
        kernel-example.x86_64               5.14.0-503.el9             baseos
        Obsoleting Packages
        old-example.noarch                  1.0-1                      baseos
        """;

    public static string[] Lines(string report) => report.Split('\n');

    /// <summary>A frame as the script sends it.</summary>
    public static MetricFrame Frame(long number, params (string Section, string Text)[] sections) => new(
        number, sections.ToDictionary(s => s.Section, s => (IReadOnlyList<string>)(s.Text.Length == 0 ? [] : Lines(s.Text)), StringComparer.Ordinal));

    public static MetricFrame First { get; } = Frame(
        1, ("who", "0"), ("lsblk", Lsblk), ("lsblk-end", "exit 0"), ("raid", Mdstat), ("pvs", Pvs), ("pvs-end", "exit 0"), ("vgs", Vgs), ("vgs-end", "exit 0"), ("lvs", Lvs), ("lvs-end", "exit 0"),
        ("zpool-list", ZpoolList), ("zpool-list-end", "exit 0"), ("zpool-status", ZpoolStatus), ("zpool-status-end", "exit 0"));

    public static MetricFrame Second { get; } = Frame(
        2, ("who", "0"), ("disk-sda", SmartAta), ("disk-sda-end", "exit 64"), ("disk-sdb", SmartAsleep), ("disk-sdb-end", "exit 2"), ("disk-nvme0n1", SmartNvme), ("disk-nvme0n1-end", "exit 0"),
        ("disk-sdc", ""), ("disk-sdc-end", "exit 124"), ("smart-end", "exit 0"), ("mdadm-md0", MdadmExport), ("mdadm-md0-end", "exit 0"), ("updates", "apt 1795262036-1795262000-"), ("apt", Apt), ("apt-end", "exit 0"));
}
