namespace HomelabDashboard.Features.Accounts;

/// <summary>A service method was called by somebody who may not. Pages and endpoints check first, so this is the second guard.</summary>
public sealed class AccessDeniedException(string? requiredScope)
    : Exception(requiredScope is null ? "Sign in first." : $"This needs the scope {requiredScope}.")
{
    /// <summary>The scope that is missing; null where nobody is signed in at all.</summary>
    public string? RequiredScope { get; } = requiredScope;
}
