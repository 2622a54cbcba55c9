using System.Text;

namespace HomelabDashboard.Features.Automation;

/// <summary>Takes in what ansible-playbook writes: events go to the tree and to their file, everything that a person reads to the output.</summary>
/// <param name="unreachable">Why a host, by its name in the inventory, cannot be reached; null where Ansible knows better.</param>
internal sealed class RunOutput(RunWriter writer, RunProgress progress, Func<string, string?> unreachable)
{
    private const int LongestLine = 16 * 1024;
    private const int LongestError = 1000;

    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    /// <summary>Since ansible-core 2.19 a complaint's place stands on a line of its own behind it.</summary>
    private bool _mayHaveOrigin;

    /// <summary>Ansible's last complaint, and where the matter stands, if it says so.</summary>
    public string? LastError { get; private set; }

    /// <summary>What was gathered, as JSON by the host's name in the inventory.</summary>
    public IReadOnlyDictionary<string, string> Facts => _facts;

    public void Take(ReadOnlySpan<byte> line, bool isError)
    {
        if (!isError && line is [RunEvent.Mark, ..] && RunEvent.Parse(line[1..]) is { } told)
        {
            Take(told);
            return;
        }

        if (After(line, "ERROR! "u8) is { } error)
        {
            (LastError, _mayHaveOrigin) = (error, false);
        }
        else if (After(line, "[ERROR]: "u8) is { } newer)
        {
            (LastError, _mayHaveOrigin) = (newer, true);
        }
        else if (_mayHaveOrigin && After(line, "Origin: /"u8) is { } origin)
        {
            (LastError, _mayHaveOrigin) = ($"{LastError} ({Path.GetFileName(origin)})", false);
        }

        writer.Line(line[..Math.Min(line.Length, LongestLine)]);
    }

    private void Take(RunEvent told)
    {
        if (told is { E: "out", T: { } lines })
        {
            foreach (var line in lines)
            {
                writer.Line(Encoding.UTF8.GetBytes(line));
            }

            return;
        }

        if (told is { E: "facts", Host: { } host, Facts: { } facts })
        {
            _facts[host] = facts.GetRawText();
            return;
        }

        var kept = told with
        {
            Line = writer.Lines,
            Msg = told is { Status: "unreachable", Host: { } away } && unreachable(away) is { } why ? why : told.Msg,
        };
        progress.Take(kept);

        // The recap tells how each host ended, whatever came before it.
        writer.Event(kept.ToJson(), always: told.E == "stats");
    }

    /// <summary>What stands behind a word, such as Ansible begins a complaint with; null where it does not stand there.</summary>
    private static string? After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word)
    {
        var at = line.IndexOf(word);
        if (at < 0)
        {
            return null;
        }

        var rest = line[(at + word.Length)..];
        return Plain(Encoding.UTF8.GetString(rest[..Math.Min(LongestError, rest.Length)]));
    }

    /// <summary>Without the colours.</summary>
    private static string Plain(string text)
    {
        var end = text.IndexOf('\x1b');
        return (end < 0 ? text : text[..end]).Trim();
    }
}
