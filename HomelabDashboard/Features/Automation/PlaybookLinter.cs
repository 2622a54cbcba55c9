using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Processes;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Automation;

/// <summary>The operation <c>lint</c>: ansible-lint looks at a playbook, or where there is none, Ansible at its syntax. One at a time.</summary>
public sealed partial class PlaybookLinter(
    IDbContextFactory<HomelabDbContext> databases, PlaybookFolder playbooks, AnsiblePrograms programs, AnsibleFolder folder, ProcessLedger ledger,
    LiveStore<string, PlaybookLint> live, PlaybookSaving saving, TimeProvider time) : IOperationHandler
{
    public const string OperationKind = "lint";
    public const string TargetPrefix = "playbook:";
    private const int LongestOutput = 2 * 1024 * 1024;
    private const int LongestRaw = 64 * 1024;
    private const int MostIssues = 500;
    private const int LongestWords = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Kind => OperationKind;

    public int? AtOnce => 1;

    public string? RetryScope => Scopes.PlaybooksExecute;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) => ValueTask.FromResult(operation.Target[TargetPrefix.Length..]);

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var name = operation.Target[TargetPrefix.Length..];
        if (programs.Lint is null && programs.Playbook is null)
        {
            return RunService.NotInstalled.Message;
        }

        while (true)
        {
            progress(null, $"Checking {name}.");
            var text = await playbooks.ReadAsync(name, cancellationToken);
            if (text.Problem is { } problem)
            {
                return problem.Message;
            }

            var (found, error) = await CheckAsync(Path.Combine(playbooks.Root, name), cancellationToken);
            await saving.Turn.WaitAsync(cancellationToken);
            try
            {
                // What was found in a text that has been changed or deleted meanwhile says nothing.
                var modifiedAt = File.GetLastWriteTimeUtc(Path.Combine(playbooks.Root, name));
                if ((await playbooks.ReadAsync(name, cancellationToken)).Value?.Hash == text.Value!.Hash)
                {
                    if (found is not null)
                    {
                        await KeepAsync(name, found, modifiedAt);
                    }

                    return error;
                }
            }
            finally
            {
                saving.Turn.Release();
            }
        }
    }

    internal static PlaybookLint ToRecord(PlaybookLintResult row) => new(
        row.Filename, row.QualityScore, row.TotalIssues, row.ErrorsCount, row.WarningsCount, row.ExecutionTimeMs, row.UpdatedAt,
        row.IssuesJson is null ? [] : JsonSerializer.Deserialize<List<LintIssue>>(row.IssuesJson, Json)!, row.RawOutput?.StartsWith(SyntaxOnly, StringComparison.Ordinal) is true);

    /// <summary>What <see cref="PlaybookLintResult.RawOutput"/> begins with where the syntax alone was checked.</summary>
    internal const string SyntaxOnly = "[syntax check]";

    private async Task<(Found? Found, string? Error)> CheckAsync(string path, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var lint = programs.Lint;
        var start = lint is not null
            ? AnsibleProcess.Prepare(lint, ["--offline", "--nocolor", "-q", "-f", "json", "--", path])
            : AnsibleProcess.Prepare(programs.Playbook!, ["--syntax-check", $"--inventory={folder.Inventory}", "--", path]);
        using var temporary = new TemporaryFolder(folder.NewTemporary());
        start.WorkingDirectory = playbooks.Root;
        AnsibleEnvironment.Set(start.Environment, temporary.Path);
        start.Environment["ANSIBLE_NOCOLOR"] = "1";
        start.Environment["XDG_CACHE_HOME"] = temporary.Path;
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        int exitCode;
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            exitCode = await AnsibleProcess.RunAsync(
                ledger, start, input: null,
                (line, isError) =>
                {
                    var text = isError ? errors : output;
                    if (text.Length + line.Length < LongestOutput)
                    {
                        text.Append(Encoding.UTF8.GetString(line)).Append('\n');
                    }
                },
                time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"The check did not end within {Longest.TotalSeconds:0} seconds.");
        }

        List<LintIssue>? issues = lint is null ? exitCode == 0 ? [] : [SyntaxFault(errors.ToString())] : Read(output.ToString(), Path.GetFileName(path));
        if (issues is null)
        {
            return (null, $"ansible-lint ended with the exit code {exitCode} and no report. {Short(errors.ToString())}".Trim());
        }

        var raw = (lint is null ? SyntaxOnly + "\n" : "") + output + errors;
        return (new Found(issues, raw[..Math.Min(raw.Length, LongestRaw)], (int)time.GetElapsedTime(begun).TotalMilliseconds), null);
    }

    private async Task KeepAsync(string name, Found found, DateTime modifiedAt)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var row = await db.Set<PlaybookLintResult>().SingleOrDefaultAsync(r => r.Filename == name, CancellationToken.None);
        if (row is null)
        {
            db.Add(row = new PlaybookLintResult { Filename = name });
        }

        row.QualityScore = PlaybookLint.Of(found.Issues);
        row.TotalIssues = found.Issues.Count;
        row.ErrorsCount = found.Issues.Count(i => i.IsError);
        row.WarningsCount = found.Issues.Count - row.ErrorsCount;
        row.ExecutionTimeMs = found.Milliseconds;
        row.IssuesJson = JsonSerializer.Serialize(found.Issues, Json);
        row.RawOutput = found.Raw;
        row.TextModifiedAt = modifiedAt;
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(CancellationToken.None);
        live.Set(name, ToRecord(row));
    }

    /// <summary>ansible-lint's report; null for what is none.</summary>
    /// <param name="name">The playbook's; what was found in a file that it takes in stands at its first line, with the file's name.</param>
    internal static List<LintIssue>? Read(string report, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(report);
            return
            [
                .. json.RootElement.EnumerateArray().Take(MostIssues).Select(found =>
                {
                    var location = found.GetProperty("location");
                    var (line, column) = location.TryGetProperty("positions", out var positions)
                        ? (positions.GetProperty("begin").GetProperty("line").GetInt32(), positions.GetProperty("begin").TryGetProperty("column", out var at) ? at.GetInt32() : (int?)null)
                        : location.GetProperty("lines").GetProperty("begin") is { ValueKind: JsonValueKind.Number } number ? (number.GetInt32(), null)
                        : (location.GetProperty("lines").GetProperty("begin").GetProperty("line").GetInt32(), null);
                    var rule = Short(found.GetProperty("check_name").GetString() ?? "");
                    if (rule == "load-failure" && found.TryGetProperty("content", out var where) && PlaceOf(where.GetProperty("body").GetString() ?? "", last: true) is { } stopped)
                    {
                        // Where the parser stopped stands in its words alone.
                        (line, column) = stopped;
                    }

                    var detail = found.TryGetProperty("content", out var content) && content.GetProperty("body").GetString() is { Length: > 0 } body ? body : null;
                    if (location.TryGetProperty("path", out var path) && path.GetString() is { Length: > 0 } file && !IsIn(name, file))
                    {
                        (detail, line, column) = ($"{file}, line {line}. {detail}".TrimEnd(), 1, null);
                    }

                    return new LintIssue(
                        rule, Math.Max(1, line), column, found.GetProperty("severity").GetString() ?? "info",
                        Short(found.GetProperty("description").GetString() ?? ""), detail is null ? null : Short(detail));
                }),
            ];
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Paths are told from the folder of the playbooks.</summary>
    private static bool IsIn(string name, string file) =>
        Path.GetFileName(file) == name && (Path.IsPathRooted(file) || file.StartsWith("..", StringComparison.Ordinal) || !file.Contains('/', StringComparison.Ordinal));

    internal static LintIssue SyntaxFault(string errors)
    {
        var (line, column) = PlaceOf(errors) ?? (1, 1);
        return new LintIssue("syntax-check", Math.Max(1, line), column, "blocker", "Ansible cannot read this playbook.", Short(errors));
    }

    /// <summary>The line and column that Ansible's or the parser's words name; null where they name none.</summary>
    private static (int Line, int? Column)? PlaceOf(string words, bool last = false)
    {
        var places = Place().Matches(words);
        var groups = places.Count == 0 ? [] : places[last ? places.Count - 1 : 0].Groups.Values.Skip(1).Where(g => g.Success).Select(g => Number(g.Value)).ToList();
        return groups switch
        {
            [var line, var column] => (line, column),
            [var line] => (line, null),
            _ => null,
        };
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    /// <summary>As until ansible-core 2.18, and as since 2.19: <c>Origin: path:line:column</c>.</summary>
    [GeneratedRegex(@"line ([0-9]{1,7}), column ([0-9]{1,7})|^Origin: .*:([0-9]{1,7}):([0-9]{1,7})$|^Origin: .*[^0-9:]:([0-9]{1,7})$", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Place();

    private static string Short(string words) => words.Length <= LongestWords ? words.Trim() : words[..LongestWords].Trim() + "…";

    private sealed record Found(List<LintIssue> Issues, string Raw, int Milliseconds);

    private sealed class TemporaryFolder : IDisposable
    {
        public TemporaryFolder(string path) => Directory.CreateDirectory(Path = path, DataFolder.OwnerOnly);

        public string Path { get; }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
