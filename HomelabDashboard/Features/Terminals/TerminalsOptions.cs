using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Terminals;

/// <summary>Section <c>Homelab:Terminals</c>.</summary>
public sealed class TerminalsOptions : IValidatableObject
{
    public const string Section = "Terminals";

    /// <summary>No session lives longer than this from its creation on, however often it is extended.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    /// <summary>Where ttyd is; empty: on PATH, else the private one of <c>build/ttyd/setup.sh</c>.</summary>
    public string? TtydPath { get; set; }

    /// <summary>How long a session lives when nothing else is asked for.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>After this long without anything typed, a session ends.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>A session that nobody has attached to ends this long after its creation.</summary>
    public TimeSpan FirstAttachTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A session ends this long after the last window has left it.</summary>
    public TimeSpan DetachedTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>An attached window that is behind and stays so this long is detached.</summary>
    public TimeSpan CatchUpTimeout { get; set; } = TimeSpan.FromSeconds(10);

    [Range(1, 1000)]
    public int MaxSessionsPerUser { get; set; } = 8;

    [Range(1, 1000)]
    public int MaxSessions { get; set; } = 64;

    /// <summary>Commands stay in the history this long; pinned ones for good.</summary>
    [Range(1, 3650)]
    public int CommandHistoryDays { get; set; } = 90;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in ((string, TimeSpan)[])
            [(nameof(Lifetime), Lifetime), (nameof(IdleTimeout), IdleTimeout), (nameof(FirstAttachTimeout), FirstAttachTimeout),
             (nameof(DetachedTimeout), DetachedTimeout), (nameof(CatchUpTimeout), CatchUpTimeout)])
        {
            if (value < TimeSpan.FromSeconds(1) || value > MaxLifetime)
            {
                yield return new ValidationResult($"Homelab:{Section}:{name} must be from 1 second to 30 days.", [name]);
            }
        }
    }
}
