namespace HomelabDashboard.Features.Accounts;

/// <summary>Where to go after a sign-in: only within the dashboard, whatever the link said.</summary>
public static class LocalUrl
{
    /// <returns><paramref name="url"/> when it is a path of this site, else <c>/</c>.</returns>
    public static string Of(string? url) =>
        url is { Length: > 0 and <= 2000 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl) ? url : "/";
}
