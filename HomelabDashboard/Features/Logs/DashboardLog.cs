namespace HomelabDashboard.Features.Logs;

/// <summary>
/// Puts what the program itself logs, from warnings up, into the log that people read. Of an exception that is its type and its message;
/// the file has the rest. Each minute a bounded number of lines, and how many more there were. Left out are the database's own
/// complaints, which whoever asked it tells of, and the log's, which could go on for ever. Singleton.
/// </summary>
public sealed class DashboardLog : ILoggerProvider
{
    public const int MostEachMinute = 60;

    /// <summary>The name of an event that must not stand in the log that people read, because there is a secret in it.</summary>
    public const string ForFilesAlone = nameof(ForFilesAlone);

    internal const string Source = "dashboard";
    private const int LongestText = 1_000;
    private const int LongestReason = 500;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string[] LeftOut = ["Microsoft.EntityFrameworkCore", typeof(DashboardLog).Namespace!];

    private readonly ActivityLog _log;
    private readonly ITimer _timer;
    private int _lines;

    public DashboardLog(ActivityLog log, TimeProvider time)
    {
        _log = log;
        _timer = time.CreateTimer(_ => TellLeftOut(), null, Minute, Minute);
    }

    public ILogger CreateLogger(string categoryName) => new Category(
        this, categoryName, LeftOut.Any(room => categoryName.StartsWith(room, StringComparison.Ordinal) && (categoryName.Length == room.Length || categoryName[room.Length] == '.')));

    public void Dispose() => _timer.Dispose();

    /// <summary>Writes how many lines more came than were kept, and begins to count anew. Each minute.</summary>
    internal void TellLeftOut()
    {
        if (Interlocked.Exchange(ref _lines, 0) - MostEachMinute is > 0 and var leftOut)
        {
            _log.Write(LogEntryLevel.Warning, Source, $"{leftOut} more lines within a minute stand in the dashboard's log files alone.");
        }
    }

    private void Write(LogEntryLevel level, string category, int eventId, string text, Exception? exception)
    {
        if (Interlocked.Increment(ref _lines) > MostEachMinute)
        {
            return;
        }

        var reason = exception is null ? "" : $" {exception.GetType().Name}: {Plain(exception.Message, LongestReason)}";
        _log.Write(
            level, Source, $"{category[(category.LastIndexOf('.') + 1)..]}: {Plain(text, LongestText)}{reason}",
            details: new { Category = category, EventId = eventId, Exception = exception?.GetType().FullName });
    }

    /// <summary>One line, not too long, and without what looks like a secret.</summary>
    private static string Plain(string text, int longest) =>
        SecretMask.Mask(string.Concat((text.Length <= longest ? text : text[..longest] + "…").Select(c => char.IsControl(c) ? ' ' : c)));

    private sealed class Category(DashboardLog log, string name, bool isLeftOut) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => !isLeftOut && logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Name != ForFilesAlone)
            {
                var level = logLevel switch { LogLevel.Warning => LogEntryLevel.Warning, LogLevel.Error => LogEntryLevel.Error, _ => LogEntryLevel.Critical };
                log.Write(level, name, eventId.Id, formatter(state, exception), exception);
            }
        }
    }
}
