using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>
/// Reads the inventory of one host over one connection, one reading at a time. Each runs in a channel of its own, so that a disk or
/// pool that hangs holds up no figures.
/// </summary>
internal sealed class InventoryReader(HostConnection connection, HostInventory? known, TimeProvider time) : IDisposable
{
    private const int LargestFrame = 1024 * 1024;
    private const string LongestProgramSeconds = "12";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly string Script = Resource.ReadText("inventory.sh");

    // LVM and SMART are root's alone. sudo is tried once and reads nothing when it refuses; then the same shell goes on without.
    private const string AsRoot = """exec sh -c 'test "$(id -u)" = 0 && exec sh; sudo -n sh 2>/dev/null || exec sh'""";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _seen;
    private bool _sudo;

    /// <summary>The last one, also of before this connection; null where there was none.</summary>
    public HostInventory? Current { get; private set; } = known;

    /// <summary>Root's help is needed for the volumes that were found.</summary>
    private bool RootFindsMore => _sudo && Current?.Lvm is { Groups.Count: > 0 } or { PhysicalVolumes.Count: > 0 };

    /// <param name="closer">With the health of the disks and the updates.</param>
    /// <returns>Whether the host finished in time.</returns>
    public async Task<bool> ReadAsync(bool closer, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var got = 0;
        try
        {
            var mark = RandomNumberGenerator.GetHexString(24, lowercase: true);
            await using var channel = await connection.RunAsync(closer || RootFindsMore ? AsRoot : "exec sh", either.Token);
            var script = Script.Replace("@MARK@", mark, StringComparison.Ordinal).Replace("@SECONDS@", LongestProgramSeconds, StringComparison.Ordinal).Replace("@CLOSER@", closer ? "yes" : "no", StringComparison.Ordinal)
                .Replace("@SEEN@", _seen ?? "", StringComparison.Ordinal);
            await channel.WriteAsync(Encoding.UTF8.GetBytes(script), either.Token);
            var parser = new MetricFrameParser(mark, LargestFrame);
            var buffer = new byte[16 * 1024];
            for (var left = 2 * LargestFrame; left > 0 && got < (closer ? 2 : 1) && await channel.ReadAsync(buffer, either.Token) is > 0 and var count; left -= count)
            {
                foreach (var frame in parser.Push(buffer.AsSpan(0, count)).OfType<MetricFrame>().Where(f => f.Number == got + 1).ToList())
                {
                    Take(frame, closer);
                    got++;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Unfinished(got, closer, new(SourceStatus.TimedOut));
            return false;
        }
        finally
        {
            _gate.Release();
        }

        if (got < (closer ? 2 : 1))
        {
            Unfinished(got, closer, new(SourceStatus.Failed, "The host broke off, or gave more than can be taken."));
            return false;
        }

        return true;
    }

    public void Dispose() => _gate.Dispose();

    private void Take(MetricFrame frame, bool closer)
    {
        var at = time.GetUtcNow().UtcDateTime;
        if (frame.Number == 1)
        {
            _sudo = closer ? frame.Section("who") is ["0", ..] : _sudo;
            Current = InventoryFrames.First(frame, at, Current);
        }
        else
        {
            Current = InventoryFrames.Second(frame, at, Current!, ref _seen);
        }
    }

    private void Unfinished(int got, bool closer, SourceState state)
    {
        var at = time.GetUtcNow().UtcDateTime;
        if (got == 0)
        {
            Current = InventoryFrames.Unfinished(Current, at, state, InventoryFrames.Lsblk, InventoryFrames.Lvm, InventoryFrames.Zfs, InventoryFrames.Raid);
        }

        if (closer)
        {
            Current = InventoryFrames.Unfinished(Current, at, state, InventoryFrames.Smart, InventoryFrames.Updates);
        }
    }
}
