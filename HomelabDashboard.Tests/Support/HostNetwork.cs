using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A network of its own, as a host has it: a namespace and a pair of veth to it, with addresses that nobody else uses. Its link can be
/// cut. Needs to be root.
/// </summary>
public sealed class HostNetwork : IAsyncDisposable
{
    private static int _last = Environment.ProcessId % 200;

    private readonly string _link;

    private HostNetwork(int number)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"homelab-{Environment.ProcessId}-{number}");
        _link = string.Create(CultureInfo.InvariantCulture, $"hl{Environment.ProcessId}-{number}");
        Subnet = string.Create(CultureInfo.InvariantCulture, $"10.213.{number % 250}");
    }

    /// <summary>Of the namespace.</summary>
    public string Name { get; }

    /// <summary>The host's, inside.</summary>
    public string Address => Subnet + ".2";

    private string Subnet { get; }

    public static async Task<HostNetwork> StartAsync()
    {
        var network = new HostNetwork(Interlocked.Increment(ref _last));
        try
        {
            await IpAsync("netns", "add", network.Name);
            await IpAsync("link", "add", network._link, "type", "veth", "peer", "name", "eth0", "netns", network.Name);
            await IpAsync("addr", "add", network.Subnet + ".1/24", "dev", network._link);
            await IpAsync("link", "set", network._link, "up");
            await IpAsync("-n", network.Name, "addr", "add", network.Address + "/24", "dev", "eth0");
            await IpAsync("-n", network.Name, "link", "set", "lo", "up");
            await IpAsync("-n", network.Name, "link", "set", "eth0", "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>As when a cable is pulled: nothing gets through, and nobody is told.</summary>
    public Task CutAsync() => IpAsync("-n", Name, "link", "set", "eth0", "down");

    public Task MendAsync() => IpAsync("-n", Name, "link", "set", "eth0", "up");

    public async ValueTask DisposeAsync()
    {
        // The link goes with the namespace.
        using var process = Process.Start(new ProcessStartInfo("ip", ["netns", "delete", Name]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
    }
}
