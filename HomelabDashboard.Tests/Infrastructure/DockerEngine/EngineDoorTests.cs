using System.Diagnostics;
using System.Net.Sockets;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Tests.Infrastructure.DockerEngine;

/// <summary>What is found is what is used: the script and the client's call in a real shell, with programs that only say how they were called.</summary>
public sealed class EngineDoorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-door-").FullName;
    private readonly Dictionary<string, string> _environment;

    public EngineDoorTests()
    {
        foreach (var name in new[] { "docker", "podman" })
        {
            Program(name, "echo \"$DOCKER_HOST $CONTAINER_HOST ${0##*/} $*\"; echo \"$PATH\"");
        }

        _environment = new() { ["PATH"] = _folder + "/bin:/usr/bin:/bin", ["XDG_RUNTIME_DIR"] = _folder };
    }

    [Theory]
    [InlineData("docker.sock", "docker", EngineOwner.User)]
    [InlineData("podman/podman.sock", "podman", EngineOwner.User)]
    [InlineData("told.sock", "docker", EngineOwner.Told)]
    public async Task The_socket_that_was_found_is_the_one_that_is_used(string name, string program, EngineOwner owner)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (owner == EngineOwner.Told)
        {
            _environment["DOCKER_HOST"] = "unix://" + path;
        }

        var finding = EngineFinding.Parse(await ShellAsync(EngineFinding.Script));
        Assert.Equal(new EngineFinding(EngineFound.Way, program, owner), finding);
        var lines = (await ShellAsync($"exec {ClientOf(finding!)} system dial-stdio")).Split('\n');
        Assert.Equal($"unix://{path} unix://{path} {program} system dial-stdio", lines[0]);
        Assert.EndsWith(":/snap/bin", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker", "unix:///var/run/docker.sock")]
    [InlineData("podman", "unix:///run/podman/podman.sock")]
    public async Task Root_s_engine_is_used_as_root(string program, string socket)
    {
        Program("sudo", "[ \"$1\" = -n ] && shift && echo as root && exec \"$@\"");
        Assert.StartsWith(
            $"as root\n{socket} {socket} {program} ps\n", await ShellAsync($"exec {ClientOf(new(EngineFound.Way, program, EngineOwner.System, AsRoot: true))} ps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_s_Podman_is_found_though_nobody_else_sees_its_socket()
    {
        Program("sudo", "[ \"$*\" = '-n test -S /run/podman/podman.sock' ] || [ \"$*\" = '-n true' ]");
        Assert.Equal(new EngineFinding(EngineFound.Way, "podman", EngineOwner.System, AsRoot: true), EngineFinding.Parse(await ShellAsync(EngineFinding.Script)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string ClientOf(EngineFinding finding) => EngineDoor.Over(finding, (_, _) => throw new NotSupportedException()).Client!;

    private void Program(string name, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<string> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(script + "\n");
        process.StandardInput.Close();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return answer;
    }
}
