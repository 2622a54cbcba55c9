using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace HomelabDashboard.Features;

/// <summary>
/// How a list is asked for: bind it with <c>[AsParameters]</c>, read <see cref="Take"/> + 1 rows after the key <see cref="After"/>,
/// and answer <see cref="PageOf"/>. <see cref="ApiEndpoints.MapApi"/> has refused a wrong one before the endpoint runs.
/// </summary>
public sealed record ListQuery
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;
    private const int MaxCursor = 500;

    /// <summary>At most this many items: 1 to 500, 50 where nothing is said.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>The <c>next_cursor</c> of the page before; nothing for the first.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    internal int Take => Limit ?? DefaultLimit;

    /// <summary>The key of the last item of the page before, as <see cref="PageOf"/> was given it; null for the first page.</summary>
    internal string? After => Cursor is null ? null : Decode(Cursor);

    internal Problem? Problem => this switch
    {
        { Limit: < 1 or > MaxLimit } => Problem.Invalid("limit", $"limit must be from 1 to {MaxLimit}."),
        { Cursor: not null, After: null } => Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged."),
        _ => null,
    };

    /// <param name="rows">Up to <see cref="Take"/> + 1 rows, in order; the one too many says that there are more.</param>
    /// <param name="key">What <see cref="After"/> is to be for the page after that item.</param>
    internal Page<T> PageOf<T>(IReadOnlyList<T> rows, Func<T, string> key) => rows.Count <= Take
        ? new(rows, null)
        : new([.. rows.Take(Take)], WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(key(rows[Take - 1]))));

    private static string? Decode(string cursor)
    {
        if (cursor.Length > MaxCursor)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
