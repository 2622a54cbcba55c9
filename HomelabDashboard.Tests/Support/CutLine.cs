using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Tests.Support;

/// <summary>A way to a server that can be cut and mended: what goes over it breaks off, and nothing new gets through.</summary>
public sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly List<TcpClient> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _cut;

    private CutLine(Uri server) => _server = server;

    /// <summary>Where the server is to be found over this line.</summary>
    public Uri Address { get; private set; } = null!;

    public static Task<CutLine> StartAsync(Uri server)
    {
        var line = new CutLine(server);
        line._listener.Start();
        line.Address = new UriBuilder(server) { Port = ((IPEndPoint)line._listener.LocalEndpoint).Port }.Uri;
        line._running = line.RunAsync();
        return Task.FromResult(line);
    }

    public void Cut()
    {
        lock (_open)
        {
            _cut = true;
            _open.ForEach(c => c.Close());
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_open)
        {
            _cut = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CarryAsync(TcpClient browser)
    {
        using var here = browser;
        using var there = new TcpClient();
        try
        {
            lock (_open)
            {
                if (_cut)
                {
                    return;
                }

                _open.Add(browser);
                _open.Add(there);
            }

            await there.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            await Task.WhenAny(
                here.GetStream().CopyToAsync(there.GetStream(), _stop.Token),
                there.GetStream().CopyToAsync(here.GetStream(), _stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
        }
        finally
        {
            lock (_open)
            {
                _open.Remove(browser);
                _open.Remove(there);
            }
        }
    }
}
