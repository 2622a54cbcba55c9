using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts.Power;

/// <summary>Asks a host which boot it is in, and tells it to end that.</summary>
internal static class PowerScript
{
    private const int MostBytes = 64 * 1024;
    private const int LongestWord = 200;
    private static readonly string Text = Read();

    /// <param name="action">Null: only ask.</param>
    /// <exception cref="IOException">The connection is gone before the host has said anything of use.</exception>
    public static async Task<PowerAnswer> RunAsync(HostConnection connection, PowerAction? action, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetHexString(24, lowercase: true);
        var word = action switch
        {
            null => "none",
            PowerAction.Reboot => "reboot",
            PowerAction.ShutDown => "poweroff",
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };
        await using var channel = await connection.RunAsync("exec sh", cancellationToken);
        await channel.WriteAsync(Encoding.UTF8.GetBytes(Text.Replace("@MARK@", mark, StringComparison.Ordinal).Replace("@ACTION@", word, StringComparison.Ordinal)), cancellationToken);
        var said = await ReadAsync(channel, cancellationToken);
        var lines = said.Split('\n').Where(l => l.StartsWith(mark + " ", StringComparison.Ordinal)).Select(l => l[(mark.Length + 1)..].Split(' ', 3)).ToList();
        var boot = lines.FirstOrDefault(l => l is ["boot", ..])?.ElementAtOrDefault(1);
        var fail = lines.FirstOrDefault(l => l is ["fail", ..]);
        return fail is null && (boot is null || (action is not null && !lines.Any(l => l[0] == "order")))
            ? throw new IOException("The connection was lost before the host answered.")
            : new PowerAnswer(boot, fail?.ElementAtOrDefault(1), Clean(fail?.ElementAtOrDefault(2)));
    }

    /// <summary>Up to the end, which a host that goes down may cut short.</summary>
    private static async Task<string> ReadAsync(SshChannel channel, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        using var said = new MemoryStream();
        try
        {
            while (said.Length < MostBytes && await channel.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                said.Write(buffer, 0, count);
            }
        }
        catch (IOException)
        {
        }

        return Encoding.UTF8.GetString(said.ToArray());
    }

    private static string? Clean(string? text)
    {
        var kept = string.Concat((text ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return kept.Length == 0 ? null : kept[..Math.Min(kept.Length, LongestWord)];
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(PowerScript).Assembly.GetManifestResourceStream("power.sh")!);
        return reader.ReadToEnd();
    }
}

/// <param name="Boot">Another one after each start; null where the host does not tell.</param>
/// <param name="Failure">The script's word for why the order was not taken; null when it was.</param>
/// <param name="Detail">What the host's own program said.</param>
internal sealed record PowerAnswer(string? Boot, string? Failure, string? Detail);
