using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// Holds off whoever guesses passwords: after 10 failures within 15 minutes an account name, known or not, and an address
/// are locked for 15 minutes. In memory, and bounded there. Singleton.
/// </summary>
public sealed class SignInThrottle(TimeProvider time)
{
    public const int MostFailures = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    internal const int MostRemembered = 20_000;

    private const string AddressPrefix = "address ";
    private const string NetworkPrefix = "network ";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);

    /// <summary>
    /// Counts a try as failed before it is made, so that many at once cannot slip through; <see cref="Succeeded"/> takes it back.
    /// </summary>
    /// <param name="username">As it was typed.</param>
    /// <param name="address">Where the try came from; null where that says nothing, and then the name alone counts.</param>
    /// <returns>Null: go on. Otherwise how long the name or the address is still locked.</returns>
    public TimeSpan? Begin(string username, IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            List<Record> records = [.. Keys(username, address).Select(key => Find(key, now))];
            var lockedUntil = records.Max(r => r.LockedUntil);
            if (lockedUntil > now)
            {
                return lockedUntil - now;
            }

            records.ForEach(r => r.Fail(now));
            return null;
        }
    }

    /// <summary>The try was right: the name starts afresh; the address keeps its other failures.</summary>
    public void Succeeded(string username, IPAddress? address)
    {
        lock (_gate)
        {
            _records.Remove(NameKey(username));
            if (address is not null && _records.TryGetValue(AddressKey(address), out var record))
            {
                record.TakeBack();
            }
        }
    }

    /// <summary>The addresses from which sign-ins failed within the window, and how many did; IPv6 by its /64.</summary>
    internal IReadOnlyList<(string Address, int Failures)> FailedAddresses(int atLeast)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            return [.. _records.Where(r => r.Key.StartsWith(AddressPrefix, StringComparison.Ordinal) || r.Key.StartsWith(NetworkPrefix, StringComparison.Ordinal))
                .Select(r => (Address: r.Key.Split(' ')[1], Failures: r.Value.CountSince(now - Window))).Where(r => r.Failures >= atLeast)];
        }
    }

    internal int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    private Record Find(string key, DateTimeOffset now)
    {
        if (_records.TryGetValue(key, out var record))
        {
            return record;
        }

        if (_records.Count >= MostRemembered)
        {
            MakeRoom(now);
        }

        return _records[key] = new();
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (key, _) in _records.Where(r => r.Value.IsOver(now)).ToList())
        {
            _records.Remove(key);
        }

        // All of them fresh: the quietest go, those that are locked stay longest.
        if (_records.Count >= MostRemembered)
        {
            foreach (var (key, _) in _records.OrderBy(r => r.Value.LockedUntil).ThenBy(r => r.Value.Last).Take(MostRemembered / 10).ToList())
            {
                _records.Remove(key);
            }
        }
    }

    private static IEnumerable<string> Keys(string username, IPAddress? address) =>
        address is null ? [NameKey(username)] : [NameKey(username), AddressKey(address)];

    private static string NameKey(string username) => "name " + (username.Length <= 64 ? username : username[..64]).ToLowerInvariant();

    /// <summary>An IPv6 customer has a whole /64, so that is what counts as one address.</summary>
    private static string AddressKey(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? NetworkPrefix + Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : AddressPrefix + address;
    }

    /// <summary>The failures within the window; the tenth locks until all of them are out of it.</summary>
    private sealed class Record
    {
        private readonly List<DateTimeOffset> _failures = [];

        public DateTimeOffset LockedUntil => _failures.Count >= MostFailures ? Last + Window : DateTimeOffset.MinValue;

        public DateTimeOffset Last => _failures.Count == 0 ? DateTimeOffset.MinValue : _failures[^1];

        public int CountSince(DateTimeOffset since) => _failures.Count(f => f > since);

        public bool IsOver(DateTimeOffset now) => _failures.Count == 0 || Last <= now - Window;

        public void Fail(DateTimeOffset now)
        {
            _failures.RemoveAll(f => f <= now - Window);
            _failures.Add(now);
        }

        public void TakeBack()
        {
            if (_failures.Count > 0)
            {
                _failures.RemoveAt(_failures.Count - 1);
            }
        }
    }
}
