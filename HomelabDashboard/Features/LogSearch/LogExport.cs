using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.LogSearch;

/// <summary>Writes lines of the log as a file, as they come.</summary>
internal static class LogExport
{
    public const string CsvType = "text/csv";
    public const string JsonLinesType = "application/x-ndjson";

    private const string CsvHead = "id,created_at,level,source,message,host_id,task_id,schedule_id,user_id,remote_address,details\r\n";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new Infrastructure.Web.UtcJsonConverter() },
    };

    public static async Task WriteJsonLinesAsync(IAsyncEnumerable<LogRecord> lines, Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync((JsonSerializer.Serialize(line, Json) + "\n").AsMemory(), cancellationToken);
        }
    }

    public static async Task WriteCsvAsync(IAsyncEnumerable<LogRecord> lines, Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        await writer.WriteAsync(CsvHead.AsMemory(), cancellationToken);
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(Row(line).AsMemory(), cancellationToken);
        }
    }

    private static string Row(LogRecord line) => string.Join(',', new[]
    {
        line.Id.ToString(CultureInfo.InvariantCulture),
        line.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        EnumWords<LogEntryLevel>.Of(line.Level),
        line.Source,
        line.Message,
        line.HostId,
        line.TaskId,
        line.ScheduleId,
        line.UserId?.ToString(CultureInfo.InvariantCulture),
        line.RemoteAddress,
        line.Details?.GetRawText(),
    }.Select(Field)) + "\r\n";

    /// <summary>Quoted where it must be. What a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    private static string Field(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        var text = new StringBuilder(value.Length + 8);
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text.Append('\'');
        }

        text.Append(value);
        return value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text.ToString() : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
