namespace HomelabDashboard.Tests.Features.Metrics.Inventory;

/// <summary>A folder of programs that print what real ones print on hosts with more disks than this machine: to stand first on a host's PATH.</summary>
internal sealed class HostPrograms : IDisposable
{
    public HostPrograms()
    {
        Write("lsblk", $"case $1 in\n-d) printf '%s\\n' sda sdb sdc sdd nvme0n1;;\n*) cat <<'EOF'\n{Reports.Lsblk}\nEOF\n;;\nesac");
        Write("smartctl", $"""
            for disk in "$@"; do :; done
            case $disk in
            /dev/sda) cat <<'EOF'
            {Reports.SmartAta}
            EOF
            exit 64;;
            /dev/nvme0n1) cat <<'EOF'
            {Reports.SmartNvme}
            EOF
            ;;
            /dev/sdb) cat <<'EOF'
            {Reports.SmartAsleep}
            EOF
            exit 2;;
            *) cat <<'EOF'
            {Reports.SmartSsd}
            EOF
            exit 8;;
            esac
            """);
        Print("pvs", Reports.Pvs);
        Print("vgs", Reports.Vgs);
        Print("lvs", Reports.Lvs);
        Write("zpool", $"case $1 in\nlist) cat <<'EOF'\n{Reports.ZpoolList}EOF\n;;\nstatus) cat <<'EOF'\n{Reports.ZpoolStatus}\nEOF\n;;\nesac");
        Print("apt-get", Reports.Apt);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("homelab-programs-").FullName;

    public void Print(string name, string output) => Write(name, $"cat <<'EOF'\n{output}\nEOF");

    public void Write(string name, string script)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
