using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Alerts;

/// <summary>An alert as pages and programs see it; see <see cref="Alert"/> for the fields.</summary>
public sealed record AlertRecord(
    long Id, int? UserId, AlertCategory Category, AlertLevel Level, string? Title, string Message, string? Source, [property: JsonIgnore] string? DetailsText,
    DateTime? ReadAt, DateTime CreatedAt, string? Key, AlertState State, int Count, DateTime? LastSeenAt, DateTime? ClosedAt,
    DateTime? AcknowledgedAt, string? AcknowledgedBy, string? HostId, string? Href, string? Action, string? ActionHref,
    [property: JsonIgnore] DateTime? NotifyAfter)
{
    internal static readonly Expression<Func<Alert, AlertRecord>> FromRow = a => new AlertRecord(
        a.Id, a.UserId, a.Category, a.Level ?? AlertLevel.Info, a.Title, a.Message, a.Source, a.Details, a.ReadAt, a.CreatedAt, a.Key, a.State, a.Count, a.LastSeenAt,
        a.ClosedAt, a.AcknowledgedAt, a.AcknowledgedBy, a.HostId, a.Href, a.Action, a.ActionHref, a.NotifyAfter);

    internal static readonly Func<Alert, AlertRecord> Of = FromRow.Compile();

    public JsonElement? Details => DetailsText is { } text ? JsonElement.Parse(text) : null;

    /// <summary>How long the trouble lasted; null while it goes on, and for news.</summary>
    public double? DurationSeconds => Key is not null && ClosedAt is { } closed ? Math.Max(0, (closed - CreatedAt).TotalSeconds) : null;

    /// <summary>Somebody has to look at it: trouble that goes on, or news of something that went wrong.</summary>
    [JsonIgnore]
    public bool IsProblem => Level >= AlertLevel.Warning && (State == AlertState.Open || Key is null);
}
