using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>Runs the script that prepares a host, over a connection, and tells how it goes.</summary>
internal sealed class BootstrapScript(SshConnection connection)
{
    private const int LongestLine = 500;
    private const int MostBytes = 256 * 1024;
    private static readonly string Text = Read();

    /// <param name="began">A step begins.</param>
    /// <param name="done">It has ended well; with the script's word for what was found.</param>
    /// <returns>Null at its end, or the script's word for what went wrong, and what the host said.</returns>
    public async Task<(string Word, string? Detail)?> RunAsync(
        string automationUser, SshPublicKey key, string? password, Func<string, Task> began, Func<string, Task> done, CancellationToken cancellationToken)
    {
        var mark = RandomNumberGenerator.GetHexString(24, lowercase: true);
        await using var channel = await connection.RunAsync("exec sh", cancellationToken);
        await channel.WriteAsync(Encoding.UTF8.GetBytes(Text.Replace("@MARK@", mark, StringComparison.Ordinal)), cancellationToken);
        var step = "";
        await foreach (var line in LinesAsync(channel, cancellationToken))
        {
            if (!line.StartsWith(mark + " ", StringComparison.Ordinal))
            {
                continue;
            }

            var words = line[(mark.Length + 1)..].Split(' ', 3, StringSplitOptions.TrimEntries);
            switch (words)
            {
                case ["ask", "values"]:
                    await channel.WriteAsync(Encoding.UTF8.GetBytes($"{automationUser}\n{key}\n"), cancellationToken);
                    break;
                case ["ask", "password"]:
                    await channel.WriteAsync(Encoding.UTF8.GetBytes(password + "\n"), cancellationToken);
                    break;
                case ["step", var next] when BootstrapWords.Steps.Contains(next):
                    step = next;
                    await began(next);
                    break;
                case ["done", ..]:
                    await done(words.ElementAtOrDefault(1) ?? "");
                    break;
                case ["fail", var word, ..]:
                    return (word, words.ElementAtOrDefault(2));
                case ["end"]:
                    return null;
            }
        }

        var errors = Clean(channel.Errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault());
        return (step == BootstrapWords.BecomeRoot ? "sudo_refused" : "command", errors);
    }

    private static async IAsyncEnumerable<string> LinesAsync(SshChannel channel, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var line = new List<byte>();
        for (var left = MostBytes; left > 0;)
        {
            var count = await channel.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                yield break;
            }

            left -= count;
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] == (byte)'\n')
                {
                    yield return Clean(Encoding.UTF8.GetString([.. line])) ?? "";
                    line.Clear();
                }
                else if (line.Count < LongestLine)
                {
                    line.Add(buffer[i]);
                }
            }
        }
    }

    /// <summary>What a host says, without control characters.</summary>
    private static string? Clean(string? text) => text is null ? null : string.Concat(text.Where(c => !char.IsControl(c)).Take(LongestLine));

    private static string Read()
    {
        using var stream = typeof(BootstrapScript).Assembly.GetManifestResourceStream("bootstrap.sh") ?? throw new InvalidOperationException("The bootstrap script is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
