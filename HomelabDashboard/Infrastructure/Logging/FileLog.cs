using System.Globalization;
using Serilog;

namespace HomelabDashboard.Infrastructure.Logging;

/// <summary>The log on disk: a file a day, at most 10 MB each and 14 of them.</summary>
public static class FileLog
{
    private const int LargestFile = 10 * 1024 * 1024;
    private const int FilesKept = 14;

    /// <param name="logging">What levels are written is up to its own filters.</param>
    /// <param name="folder">Exists already.</param>
    public static ILoggingBuilder AddFileLog(this ILoggingBuilder logging, string folder) => logging.AddSerilog(
        new LoggerConfiguration().MinimumLevel.Verbose()
            .WriteTo.File(
                Path.Combine(folder, "homelab-.log"),
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} [{Level:u3}] {SourceContext}: {Message:lj}{NewLine}{Exception}",
                formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: LargestFile,
                retainedFileCountLimit: FilesKept)
            .CreateLogger(),
        dispose: true);
}
