using System.Globalization;
using Serilog;
using Serilog.Extensions.Logging;

namespace HomelabDashboard.Infrastructure.Logging;

/// <summary>The log on disk: a file a day, at most 10 MB each and 14 of them.</summary>
public static class FileLog
{
    private const int LargestFile = 10 * 1024 * 1024;
    private const int FilesKept = 14;

    /// <param name="logging">Its filters say what is written.</param>
    /// <param name="folder">Exists already.</param>
    public static ILoggingBuilder AddFileLog(this ILoggingBuilder logging, string folder)
    {
        var file = new LoggerConfiguration().MinimumLevel.Verbose()
            .WriteTo.File(
                Path.Combine(folder, "homelab-.log"),
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} [{Level:u3}] {SourceContext}: {Message:lj}{NewLine}{Exception}",
                formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: LargestFile,
                retainedFileCountLimit: FilesKept)
            .CreateLogger();

        // Not AddSerilog, which would let everything past the filters. The factory ends what it makes itself.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(file, dispose: true));
        return logging;
    }
}
