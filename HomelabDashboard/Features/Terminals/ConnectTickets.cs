using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// The tickets that let a client attach to a session: each for one session and one user, once, for 30 s. Only hashes are kept,
/// and only in memory. Singleton.
/// </summary>
public sealed class ConnectTickets(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>A session's older tickets go when it has more than this many unused.</summary>
    public const int MaxUnused = 8;

    private const int SecretLength = 26;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Ticket>> _tickets = new(StringComparer.Ordinal);

    /// <summary>A new ticket, and its hash (SHA-256, lower-case hex) for the session's row.</summary>
    public (string Ticket, string Hash) Issue(string sessionId, int userId)
    {
        var secret = ShortId.New(SecretLength);
        var hash = Hash(secret);
        lock (_gate)
        {
            var tickets = Fresh(sessionId);
            if (tickets.Count == MaxUnused)
            {
                tickets.RemoveAt(0);
            }

            tickets.Add(new(hash, userId, time.GetUtcNow() + Lifetime));
            _tickets[sessionId] = tickets;
        }

        return ($"{sessionId}.{secret}", Convert.ToHexStringLower(hash));
    }

    /// <summary>The session that a ticket is for, or null when it is wrong, used, stale or somebody else's. It is used up by this.</summary>
    public string? Redeem(string presented, int userId)
    {
        var dot = presented.IndexOf('.');
        if (dot < 0 || presented.Length - dot - 1 != SecretLength)
        {
            return null;
        }

        var sessionId = presented[..dot];
        var hash = Hash(presented[(dot + 1)..]);
        lock (_gate)
        {
            if (!_tickets.ContainsKey(sessionId))
            {
                return null;
            }

            var tickets = Fresh(sessionId);
            Ticket? match = null;
            foreach (var ticket in tickets)
            {
                if (CryptographicOperations.FixedTimeEquals(ticket.Hash, hash))
                {
                    match = ticket;
                }
            }

            if (match is not null)
            {
                tickets.Remove(match);
            }

            return match?.UserId == userId ? sessionId : null;
        }
    }

    /// <summary>Forgets a session's tickets when it has ended.</summary>
    public void Forget(string sessionId)
    {
        lock (_gate)
        {
            _tickets.Remove(sessionId);
        }
    }

    private List<Ticket> Fresh(string sessionId)
    {
        var tickets = _tickets.GetValueOrDefault(sessionId) ?? [];
        var now = time.GetUtcNow();
        tickets.RemoveAll(t => t.ExpiresAt <= now);
        return tickets;
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Ticket(byte[] Hash, int UserId, DateTimeOffset ExpiresAt);
}
