using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Terminals;

/// <summary>The whole program, real ttyds on programs of this machine, and clients of the hub.</summary>
internal sealed class TerminalsHarness(IReadOnlyDictionary<string, string>? settings = null, TimeProvider? time = null) : IAsyncDisposable
{
    public static readonly string[] Shell = ["env", "LC_ALL=C.UTF-8", "PS1=ready> ", "HISTFILE=", "bash", "--norc", "--noprofile"];

    public TestApp App { get; } = TestApp.Start(settings, services: services =>
    {
        if (time is not null)
        {
            services.AddSingleton(time);
        }
    });

    public TerminalBroker Broker => Get<TerminalBroker>();

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A session of the admin's.</summary>
    public async Task<LiveTerminal> OpenAsync(params string[] command)
    {
        var opened = await TryOpenAsync(command);
        return opened.Value ?? throw new InvalidOperationException(opened.Problem!.Message);
    }

    public async Task<HomelabDashboard.Features.Result<LiveTerminal>> TryOpenAsync(params string[] command)
    {
        var now = Get<TimeProvider>().GetUtcNow().UtcDateTime;
        var info = new SessionInfo
        {
            Id = ShortId.New(),
            HostId = "here",
            HostName = "this machine",
            HostIp = "127.0.0.1",
            UserId = await AdminIdAsync(),
            Username = TestApp.AdminName,
            Mode = SessionMode.Embedded,
            CreatedAt = now,
            Lifetime = TimeSpan.FromHours(12),
        };
        return await Broker.OpenAsync(info, command, "hash", CancellationToken.None);
    }

    public async Task<HubClient> ConnectAsync(AuthenticationHeaderValue authorization, string? origin = null)
    {
        var sockets = App.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request =>
        {
            request.Headers.Authorization = authorization.ToString();
            if (origin is not null)
            {
                request.Headers.Origin = origin;
            }
        };
        return await HubClient.OverAsync(await sockets.ConnectAsync(new Uri("ws://localhost/hubs/terminal"), CancellationToken.None));
    }

    public async Task<AuthenticationHeaderValue> TokenAsync(UserRole role = UserRole.Admin)
    {
        using var program = await App.ProgramAsync(role);
        return program.DefaultRequestHeaders.Authorization!;
    }

    /// <summary>A window of the admin's on a session, that draws what it gets.</summary>
    public async Task<TestWindow> AttachAsync(LiveTerminal terminal, int columns = 80, int rows = 24)
    {
        var client = await ConnectAsync(await TokenAsync());
        return await TestWindow.AttachAsync(client, Ticket(terminal), columns, rows);
    }

    public string Ticket(LiveTerminal terminal) => Get<ConnectTickets>().Issue(terminal.Info.Id, terminal.Info.UserId).Ticket;

    public async Task<TerminalSession> RowAsync(string id)
    {
        await using var db = await Get<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return await db.Set<TerminalSession>().AsNoTracking().SingleAsync(s => s.Id == id);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private async Task<int> AdminIdAsync()
    {
        await using var db = await Get<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return await db.Set<User>().Where(u => u.Username == TestApp.AdminName).Select(u => u.Id).SingleAsync();
    }
}

/// <summary>A client of one session that keeps what it got, and says so to the hub.</summary>
internal sealed class TestWindow : IAsyncDisposable
{
    private readonly HubClient _client;
    private readonly StringBuilder _text = new();
    private readonly Task _reading;
    private long _total;

    private TestWindow(HubClient client, ChannelReader<byte[]> stream)
    {
        _client = client;
        _reading = ReadAsync(stream);
    }

    public HubClient Client => _client;

    public Exception? Failure { get; private set; }

    public bool HasEnded => _reading.IsCompleted;

    public long Total => Interlocked.Read(ref _total);

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public static async Task<TestWindow> AttachAsync(HubClient client, string ticket, int columns, int rows) =>
        new(client, await client.StreamAsync("Attach", ticket, columns, rows));

    public Task TypeAsync(string text) => _client.SendAsync("Input", Encoding.UTF8.GetBytes(text));

    public async Task SeesAsync(string text)
    {
        try
        {
            await Until.TrueAsync(() => Text.Contains(text, StringComparison.Ordinal), text);
        }
        catch (TimeoutException)
        {
            Assert.Contains(text, Text, StringComparison.Ordinal);
        }
    }

    public Task EndsAsync() => Until.TrueAsync(() => HasEnded, "the stream ends");

    /// <summary>The next call of that name from the hub; others before it are dropped.</summary>
    public Task<HubMessage> MessageAsync(string method) => _client.MessageAsync(method);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync(ChannelReader<byte[]> stream)
    {
        try
        {
            await foreach (var item in stream.ReadAllAsync())
            {
                lock (_text)
                {
                    _text.Append(Encoding.UTF8.GetString(item));
                }

                await _client.SendAsync("Acknowledge", Interlocked.Add(ref _total, item.Length));
            }
        }
        catch (Exception failed) when (failed is HubCallException or OperationCanceledException or System.Net.WebSockets.WebSocketException or IOException or ObjectDisposedException)
        {
            Failure = failed;
        }
    }
}
