using System.Text;
using System.Threading.Channels;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>A shell on a terminal, and a client without a screen.</summary>
internal abstract class Shell : IAsyncDisposable
{
    public abstract Task TypeAsync(string text);

    /// <summary>Reads on until the output ends in <paramref name="text"/>, or a piece of it does.</summary>
    public async Task UntilAsync(string text)
    {
        var wanted = Encoding.ASCII.GetBytes(text);
        byte[] tail = [];
        while (true)
        {
            var output = await ReadAsync();

            // It may be cut in two.
            byte[] seam = [.. tail, .. output.Span[..Math.Min(output.Length, wanted.Length)]];
            if (output.Span.IndexOf(wanted) >= 0 || seam.AsSpan().IndexOf(wanted) >= 0)
            {
                return;
            }

            tail = output.Length >= wanted.Length ? output.Span[^wanted.Length..].ToArray() : seam[^Math.Min(seam.Length, wanted.Length)..];
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync();
}

/// <summary>Through the dashboard's API and hub.</summary>
internal sealed class HubShell(ApiClient api, string id, HubClient client, ChannelReader<byte[]> output) : Shell
{
    private const int AcknowledgeEvery = 64 * 1024;

    private long _drawn;
    private long _acknowledged;

    public static async Task<HubShell> OpenAsync(ApiClient api, Uri dashboard, string hostId, string token)
    {
        var session = await api.PostAsync("sessions", new { host_id = hostId });
        var client = await HubClient.ConnectAsync(new UriBuilder(new Uri(dashboard, "/hubs/terminal")) { Scheme = "ws" }.Uri, token);
        var output = await client.StreamAsync("Attach", session.GetProperty("connect_ticket").GetString()!, 80, 24);
        return new(api, session.GetProperty("id").GetString()!, client, output);
    }

    public override Task TypeAsync(string text) => client.SendAsync("Input", Encoding.UTF8.GetBytes(text));

    public override async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await api.DeleteAsync($"sessions/{id}");
    }

    protected override async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        var item = await output.ReadAsync();
        _drawn += item.Length;
        if (_drawn - _acknowledged >= AcknowledgeEvery)
        {
            _acknowledged = _drawn;
            await client.SendAsync("Acknowledge", _drawn);
        }

        return item;
    }
}

/// <summary>Straight at a ttyd of its own.</summary>
internal sealed class DirectShell(TtydConnection ttyd) : Shell
{
    public static async Task<DirectShell> OpenAsync(IReadOnlyList<string> command, string folder)
    {
        var launch = new TtydLaunch
        {
            Ttyd = TtydProgram.Find(null) ?? throw new InvalidOperationException("There is no ttyd."),
            RunFolder = folder,
            Name = Guid.NewGuid().ToString("N")[..20],
            Command = command,
        };
        return new(await TtydConnection.StartAsync(launch, new ProcessLedger(Path.Combine(folder, "processes.json")), CancellationToken.None));
    }

    public override async Task TypeAsync(string text) => await ttyd.WriteAsync(Encoding.UTF8.GetBytes(text));

    public override ValueTask DisposeAsync() => ttyd.DisposeAsync();

    protected override ValueTask<ReadOnlyMemory<byte>> ReadAsync() => ttyd.ReadAsync(CancellationToken.None);
}
