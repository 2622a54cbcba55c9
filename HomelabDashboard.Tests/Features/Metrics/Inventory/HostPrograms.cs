namespace HomelabDashboard.Tests.Features.Metrics.Inventory;

/// <summary>A folder of programs that print what real ones print on hosts with more disks than this machine: to stand first on a host's PATH.</summary>
internal sealed class HostPrograms : IDisposable
{
    public HostPrograms()
    {
        Print("lsblk", Reports.Lsblk);
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
