using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>
/// The files of Compose projects on their hosts, over the shared connections, by fixed scripts: a path is a line of their standard
/// input. Singleton.
/// </summary>
public sealed partial class StackFiles(HostConnections connections, DockerBoard board, TimeProvider time)
{
    /// <summary>Bytes; the scripts know it too.</summary>
    public const int LargestFile = 256 * 1024;

    private const int NoCompose = 96;
    private const int LongestSaid = 8192;
    private const int MostServices = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly string ReadScript = RemoteScript.Resource("stack-read.sh");
    private static readonly string SaveScript = RemoteScript.Resource("stack-save.sh");
    private static readonly string RunScript = RemoteScript.Resource("stack-run.sh");

    public static string EtagOf(string content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}\"";

    /// <returns>The plugin's version, null where there is none, and the files in their order. <c>HOST_UNREACHABLE</c>, <c>UPSTREAM_FAILED</c>.</returns>
    public Task<Result<(string? Compose, IReadOnlyList<StackFile> Files)>> ReadAsync(string hostId, IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        WithAsync(hostId, ReadScript, Lines([Number(files.Count), .. files]), async (channel, stop) =>
        {
            var said = new LineReader(channel);
            var compose = (await said.LineAsync(stop))?.Split(' ', 2) is ["compose", { Length: > 0 } version] ? version : null;
            var read = new List<StackFile>();
            foreach (var file in files)
            {
                var line = await said.LineAsync(stop) ?? throw new IOException("The host stopped in the middle of a file.");
                if (line.Split(' ') is ["file", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= LargestFile)
                {
                    var content = Text(await said.BytesAsync(size, stop));
                    read.Add(content is null ? new(file, null, null, "This file is not text.") : new(file, content, EtagOf(content), null));
                }
                else
                {
                    read.Add(new(file, null, null, line switch
                    {
                        "missing" => "There is no such file on the host.",
                        "denied" => "The dashboard's user may not read this file on the host.",
                        "large" => $"This file is larger than {LargestFile / 1024} KB, and so it is not shown.",
                        _ => throw new IOException("The host answered something that could not be read."),
                    }));
                }
            }

            return new Result<(string?, IReadOnlyList<StackFile>)>((compose, read), null);
        }, cancellationToken);

    /// <summary>Has a file checked by Compose and, when <paramref name="save"/>, put in the place of the one that is there.</summary>
    /// <param name="etag">Of what must be there now.</param>
    /// <returns>Whether Compose has checked it. <c>PRECONDITION_FAILED</c>, <c>VALIDATION_FAILED</c>, <c>FILE_REFUSED</c>, and as <see cref="ReadAsync"/>.</returns>
    public Task<Result<bool>> SaveAsync(string hostId, string name, StackDefinition stack, string file, string content, string etag, bool save, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        byte[] input = [.. Lines([save ? "save" : "check", file, etag.Trim('"'), Number(bytes.Length), .. Header(name, stack)]), .. bytes];
        return WithAsync<bool>(hostId, SaveScript, input, async (channel, stop) =>
        {
            var said = new LineReader(channel);
            return await said.LineAsync(stop) switch
            {
                "checked" => true,
                "unchecked" => false,
                "changed" => new Problem("PRECONDITION_FAILED", "The file has been changed on the host since it was read. Read it again; what you wrote is still here to be copied."),
                "missing" => new Problem("FILE_REFUSED", "The file is not on the host any more."),
                "denied" => new Problem("FILE_REFUSED", $"The dashboard's user may not write to {Path.GetDirectoryName(file)} on the host."),
                "invalid" => Problem.Invalid("content", CheckedName().Replace(Plain(await said.RestAsync(LongestSaid, stop)), Path.GetFileName(file))),
                _ => throw new IOException("The host stopped in the middle of the file; the one that was there is unchanged."),
            };
        }, cancellationToken);
    }

    /// <summary>Asks Compose which services a project's files name.</summary>
    /// <returns><c>UPSTREAM_FAILED</c> also where it does not take the files; else as <see cref="ReadAsync"/>.</returns>
    public Task<Result<StackPlan>> PlanAsync(string hostId, string name, StackDefinition stack, CancellationToken cancellationToken) =>
        WithAsync<StackPlan>(hostId, RunScript, Lines(["services", .. Header(name, stack)]), async (channel, stop) =>
        {
            var said = new LineReader(channel);
            var services = new List<string>();
            while (await said.LineAsync(stop) is { } line)
            {
                if (services.Count < MostServices && ServiceName().IsMatch(line))
                {
                    services.Add(line);
                }
            }

            return channel.ExitStatus switch
            {
                0 => new StackPlan(true, [.. services.Order(StringComparer.Ordinal)]),
                NoCompose => new StackPlan(false, []),
                _ => new Problem("UPSTREAM_FAILED", "Compose on the host does not take the files of this project."),
            };
        }, cancellationToken);

    /// <summary>Runs Compose on a project, line by line, with what looks like a secret masked.</summary>
    /// <param name="what"><c>deploy</c>, <c>mutate</c> or <c>down</c>.</param>
    /// <returns>How it failed in words; null when it succeeded.</returns>
    /// <exception cref="IOException">The connection was lost in the middle of it.</exception>
    /// <exception cref="EngineUnreachedException">It was not begun.</exception>
    internal async Task<string?> RunAsync(string hostId, string what, string name, StackDefinition stack, Action<string> line, CancellationToken cancellationToken)
    {
        var engine = await board.EngineSoonAsync(hostId, cancellationToken);
        if (!engine.Succeeded || connections.Live.Get(hostId) is not { } connection)
        {
            throw new EngineUnreachedException(engine.Problem?.Message ?? "The host is not connected.");
        }

        SshChannel opened;
        try
        {
            opened = await connection.RunAsync(CommandOf(engine.Value.Client!, RunScript), cancellationToken);
        }
        catch (IOException refused)
        {
            throw new EngineUnreachedException(refused.Message, refused);
        }

        await using var channel = opened;
        await channel.WriteAsync(Lines([what, .. Header(name, stack)]), cancellationToken);
        var said = new LineReader(channel);
        var last = new Queue<string>();
        while (await said.LineAsync(cancellationToken) is { } raw)
        {
            var text = SecretMask.Mask(Plain(raw));
            if (text.Length > 0)
            {
                line(text);
                last.Enqueue(text);
                if (last.Count > 3)
                {
                    last.Dequeue();
                }
            }
        }

        return channel.ExitStatus switch
        {
            0 => null,
            NoCompose => "There is no Compose plugin on this host. Install docker-compose-plugin (Debian: docker-compose) there and try again.",
            null => throw new IOException("The connection was lost."),
            var status => last.Count == 0 ? $"Compose ended with {status}." : string.Join(' ', last),
        };
    }

    private async Task<Result<T>> WithAsync<T>(string hostId, string script, byte[] input, Func<SshChannel, CancellationToken, Task<Result<T>>> read, CancellationToken cancellationToken)
    {
        var engine = board.Engine(hostId);
        if (!engine.Succeeded)
        {
            return engine.Problem;
        }

        if (connections.Live.Get(hostId) is not { } connection)
        {
            return new Problem("HOST_UNREACHABLE", "The host is not connected.");
        }

        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var channel = await connection.RunAsync(CommandOf(engine.Value.Client!, script), either.Token);
            var answer = read(channel, either.Token);

            // A host that refuses early reads no more; what it said counts.
            await Task.WhenAny(channel.WriteAsync(input, either.Token).AsTask(), answer);
            return await answer;
        }
        catch (IOException failure)
        {
            return new Problem("UPSTREAM_FAILED", failure.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Problem("UPSTREAM_FAILED", "The host did not answer in time.");
        }
    }

    /// <summary>As whom the engine's client is run, the script is.</summary>
    private static string CommandOf(string client, string script) =>
        RemoteScript.Command(client[..(client.LastIndexOf(' ') + 1)], script, client[(client.LastIndexOf(' ') + 1)..]);

    private static string[] Header(string name, StackDefinition stack) =>
        [name, stack.WorkingDir, stack.EnvFile ?? "", Number(stack.Files.Count), .. stack.Files];

    private static byte[] Lines(IReadOnlyList<string> lines) => lines.Any(l => l.Contains('\n', StringComparison.Ordinal))
        ? throw new ArgumentException("A line holds another.", nameof(lines))
        : Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Text(byte[] bytes)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Under which the script has a file checked.</summary>
    [GeneratedRegex(@"\.homelab-\d+\.yaml", RegexOptions.NonBacktracking)]
    private static partial Regex CheckedName();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,255}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ServiceName();

    private static string Plain(string text) => LogText.Plain(text).Trim();

    /// <summary>Lines, and bytes between them, of what a script says.</summary>
    private sealed class LineReader(SshChannel channel)
    {
        private const int LongestLine = 64 * 1024;
        private readonly byte[] _buffer = new byte[32 * 1024];
        private int _at;
        private int _end;

        /// <summary>Null at the end.</summary>
        public async Task<string?> LineAsync(CancellationToken cancellationToken)
        {
            var line = new List<byte>();
            while (await FillAsync(cancellationToken))
            {
                var found = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
                var count = found < 0 ? _end - _at : found;
                line.AddRange(_buffer.AsSpan(_at, Math.Min(count, LongestLine - line.Count)));
                _at += found < 0 ? count : count + 1;
                if (found >= 0)
                {
                    return Encoding.UTF8.GetString(line.ToArray());
                }
            }

            return line.Count == 0 ? null : Encoding.UTF8.GetString(line.ToArray());
        }

        public async Task<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
        {
            var bytes = new byte[count];
            for (var at = 0; at < count;)
            {
                if (!await FillAsync(cancellationToken))
                {
                    throw new IOException("The host stopped in the middle of a file.");
                }

                var part = Math.Min(count - at, _end - _at);
                _buffer.AsSpan(_at, part).CopyTo(bytes.AsSpan(at));
                (at, _at) = (at + part, _at + part);
            }

            return bytes;
        }

        public async Task<string> RestAsync(int most, CancellationToken cancellationToken)
        {
            var rest = new List<byte>();
            while (rest.Count < most && await FillAsync(cancellationToken))
            {
                rest.AddRange(_buffer.AsSpan(_at, Math.Min(_end - _at, most - rest.Count)));
                _at = _end;
            }

            return Encoding.UTF8.GetString(rest.ToArray());
        }

        private async Task<bool> FillAsync(CancellationToken cancellationToken)
        {
            if (_at == _end)
            {
                _at = 0;
                _end = await channel.ReadAsync(_buffer, cancellationToken);
            }

            return _end > 0;
        }
    }
}
