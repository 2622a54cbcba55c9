namespace HomelabDashboard.Features.Metrics;

/// <summary>The room that the database takes, and will take.</summary>
/// <param name="OnDisk">Bytes of the file and its log now.</param>
/// <param name="Settled">About how many bytes it will have when every kind of history is as long as it is kept; null while no host gives readings.</param>
/// <param name="OtherBytes">What is no history of figures.</param>
public sealed record HistoryUse(long OnDisk, long? Settled, IReadOnlyList<HistoryKind> Kinds, long OtherBytes);

/// <summary>About how much there is of one kind of history.</summary>
/// <param name="Bytes">Now.</param>
/// <param name="SettledBytes">When it is as long as it is kept, at the rate of the last hour.</param>
public sealed record HistoryKind(HistoryContent Content, TimeSpan Kept, long Rows, long Bytes, long SettledBytes);

public enum HistoryContent
{
    Readings,
    FiveMinutes,
    Hours,

    /// <summary>The room on each filesystem, by the hour.</summary>
    Filesystems,
}
