using System.Globalization;
using Microsoft.JSInterop;

namespace HomelabDashboard.Components.Shared;

/// <summary>
/// Time as the person at the browser sees it: their time zone, and one tick a second for all ages on the page. Scoped, one per circuit.
/// </summary>
public sealed class UserTime(TimeProvider time, IJSRuntime js) : IDisposable
{
    private readonly Lock _gate = new();
    private Action? _ticked;
    private ITimer? _timer;

    /// <summary>UTC until it was learnt.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Raised each second, on no particular thread, while anybody listens.</summary>
    public event Action Ticked
    {
        add
        {
            lock (_gate)
            {
                _ticked += value;
                _timer ??= time.CreateTimer(_ => Volatile.Read(ref _ticked)?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            }
        }

        remove
        {
            lock (_gate)
            {
                _ticked -= value;
                if (_ticked is null)
                {
                    _timer?.Dispose();
                    _timer = null;
                }
            }
        }
    }

    /// <summary>Asks the browser for its zone. A zone that the server does not know stays UTC.</summary>
    public async Task LearnZoneAsync()
    {
        var id = await js.InvokeAsync<string?>("homelab.timeZone");
        if (id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
        {
            Zone = zone;
        }
    }

    public DateTime ToLocal(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), Zone);

    /// <summary>Such as <c>Sat 21 Nov 2026, 10:42:08 (Europe/Berlin)</c>.</summary>
    public string Exact(DateTime utc) =>
        $"{ToLocal(utc).ToString("ddd d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture)} ({Zone.Id})";

    public void Dispose()
    {
        lock (_gate)
        {
            _ticked = null;
            _timer?.Dispose();
            _timer = null;
        }
    }
}
