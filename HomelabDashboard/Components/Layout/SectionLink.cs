using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace HomelabDashboard.Components.Layout;

/// <summary>A link to a section of the dashboard, marked on all pages of that section, wherever their addresses begin.</summary>
public sealed class SectionLink : NavLink
{
    /// <summary>The first parts of other addresses in the section, such as <c>stacks</c>.</summary>
    [Parameter]
    public IReadOnlyList<string> Also { get; set; } = [];

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override bool ShouldMatch(string uriAbsolute) =>
        base.ShouldMatch(uriAbsolute) || Also.Contains(Navigation.ToBaseRelativePath(uriAbsolute).Split('/', '?', '#')[0], StringComparer.OrdinalIgnoreCase);
}
