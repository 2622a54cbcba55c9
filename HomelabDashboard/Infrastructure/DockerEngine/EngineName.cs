using System.Text.RegularExpressions;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>What may stand in a path of the Engine API: ids and names as Docker and Podman make them, and nothing else.</summary>
public static partial class EngineName
{
    /// <summary>12 to 64 hexadecimal digits.</summary>
    public static bool IsContainerId(string? value) => value is not null && IdShape().IsMatch(value);

    /// <summary><c>sha256:</c> and 64 hexadecimal digits, or those alone.</summary>
    public static bool IsImageId(string? value) => value is not null && ImageShape().IsMatch(value);

    /// <summary>The name of a container or volume: a letter or digit, then letters, digits and <c>_ . -</c>.</summary>
    public static bool IsName(string? value) => value is not null && NameShape().IsMatch(value);

    /// <exception cref="ArgumentException">It is none.</exception>
    internal static string Container(string id) => IsContainerId(id) ? id : throw new ArgumentException("This is no id of a container.", nameof(id));

    /// <exception cref="ArgumentException">It is none.</exception>
    internal static string Image(string id) => IsImageId(id) ? id : throw new ArgumentException("This is no id of an image.", nameof(id));

    /// <exception cref="ArgumentException">It is none.</exception>
    internal static string Volume(string name) => IsName(name) ? name : throw new ArgumentException("This is no name of a volume.", nameof(name));

    [GeneratedRegex(@"\A[0-9a-f]{12,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IdShape();

    [GeneratedRegex(@"\A(sha256:)?[0-9a-f]{64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ImageShape();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NameShape();
}
