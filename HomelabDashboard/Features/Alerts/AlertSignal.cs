using System.Text.Json;

namespace HomelabDashboard.Features.Alerts;

/// <summary>What a room has to say: the whole of an alert but its course.</summary>
/// <param name="Category">What it is filtered by.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Title">A few words with the subject in them: <c>nas: /var is 91% full</c>.</param>
/// <param name="Message">A sentence or two, with what to do. Never a secret.</param>
/// <param name="Source">The room it comes from, such as <c>rules</c>.</param>
public sealed record AlertSignal(AlertCategory Category, AlertLevel Level, string Title, string Message, string Source)
{
    internal const int LongestKey = 200;
    internal const int LongestTitle = 255;
    internal const int LongestHref = 500;
    internal const int LongestAction = 50;
    private const int LongestMessage = 4_000;
    private const int LongestDetails = 20_000;

    private static readonly JsonSerializerOptions DetailsJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The host it is about, if any.</summary>
    public string? HostId { get; init; }

    /// <summary>The page of the dashboard where it is dealt with, such as <c>/hosts/abc</c>.</summary>
    public string? Href { get; init; }

    /// <summary>What helps against it, and the page where that is done.</summary>
    public (string Words, string Href)? Action { get; init; }

    /// <summary>Whose inbox it goes to; null: everybody's.</summary>
    public int? UserId { get; init; }

    /// <summary>Nobody is notified before this time, UTC.</summary>
    public DateTime? NotifyAfter { get; init; }

    /// <summary>Any more facts, as an object whose properties become snake_case JSON. Never a secret.</summary>
    public object? Details { get; init; }

    /// <summary>The same with all of it no longer than there is room for.</summary>
    internal AlertSignal Cut() => this with
    {
        Title = Cut(Title, LongestTitle),
        Message = Cut(Message, LongestMessage),
        Href = Href?.Length > LongestHref ? null : Href,
        Action = Action is { } action && action.Href.Length <= LongestHref ? (Cut(action.Words, LongestAction), action.Href) : null,
    };

    internal string? DetailsText() =>
        Details is null ? null : JsonSerializer.Serialize(Details, DetailsJson) is { Length: <= LongestDetails } text ? text : null;

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
