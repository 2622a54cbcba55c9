namespace HomelabDashboard.Infrastructure.Ttyd;

/// <summary>What a ttyd is started with.</summary>
public sealed record TtydLaunch
{
    /// <summary>Path of ttyd itself.</summary>
    public required string Ttyd { get; init; }

    /// <summary>A folder that its owner alone may enter (<see cref="TtydRunFolder"/>).</summary>
    public required string RunFolder { get; init; }

    /// <summary>Names the files in the run folder: letters and digits, at most 30.</summary>
    public required string Name { get; init; }

    /// <summary>The program for the PTY and its arguments, each handed over as it is.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>1 to 1000.</summary>
    public int Columns { get; init; } = 80;

    /// <summary>1 to 1000.</summary>
    public int Rows { get; init; } = 24;
}
