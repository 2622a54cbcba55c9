namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A text that cannot be read. Thrown by the parsers and turned into a problem by <see cref="ImportText"/>.</summary>
/// <param name="line">From 1; 0 when it is not one line's fault.</param>
/// <param name="why">In words for a person; never a part of a value.</param>
/// <param name="file">The uploaded file; empty for pasted text.</param>
internal sealed class ImportException(int line, string why, string file = "") : Exception(why)
{
    public int Line => line;

    public string File => file;
}
