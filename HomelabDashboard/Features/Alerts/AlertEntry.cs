namespace HomelabDashboard.Features.Alerts;

/// <summary>An alert in memory; all of it is written by nobody but under the gate of the book.</summary>
internal sealed class AlertEntry(Alert row)
{
    public Alert Row { get; } = row;

    /// <summary>It is in the queue to the table.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>It was acknowledged here, and that is not in the table yet.</summary>
    public bool Seen { get; set; }

    /// <summary>It became worse, or is to be told again, and that is not in the table yet.</summary>
    public bool ToTell { get; set; }

    public long ClosedTimestamp { get; set; }
}

/// <summary>One change on its way to the table.</summary>
/// <param name="Row">As it was when it was taken.</param>
internal readonly record struct AlertWrite(AlertEntry Entry, Alert Row, bool Seen, bool ToTell);
