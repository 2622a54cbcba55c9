using System.Buffers.Text;
using System.Text;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;

namespace HomelabDashboard.Features.Hosts;

internal static class HostEndpoints
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 500;

    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapHosts(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("/hosts").WithTags("Hosts");
        hosts.MapGet("", ListAsync).RequireScope(Scopes.HostsRead).WithSummary("The hosts, by name.")
            .Produces<Page<HostSummary>>().ProducesProblem(400);
        hosts.MapPost("", AddAsync).RequireScope(Scopes.HostsWrite).WithSummary("Adds a host. Nothing connects to it before its host key is approved.")
            .Produces<HostSummary>(201).ProducesProblem(400).ProducesProblem(409);
        hosts.MapGet("/{id}", GetAsync).RequireScope(Scopes.HostsRead).WithSummary("One host.")
            .Produces<HostSummary>().ProducesProblem(404);
        hosts.MapPatch("/{id}", UpdateAsync).RequireScope(Scopes.HostsWrite).WithSummary("Changes the fields that are given; an empty proxy_jump or ansible_group is taken away.")
            .Produces<HostSummary>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        hosts.MapDelete("/{id}", DeleteAsync).RequireScope(Scopes.HostsWrite).WithSummary("Takes a host away; its history stays readable.")
            .Produces(204).ProducesProblem(404).ProducesProblem(409);
        hosts.MapGet("/{id}/host-key", GetHostKeyAsync).RequireScope(Scopes.HostsRead).WithSummary("The key that the host offers now, and the one that is approved.")
            .Produces<HostKeyState>().ProducesProblem(404);
        hosts.MapPost("/{id}/host-key/approve", ApproveAsync).RequireScope(Scopes.HostsWrite).WithSummary("Approves the key that the host offers, named by its fingerprint.")
            .Produces(204).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(502);
        api.MapGet("/ssh-key", GetDashboardKeyAsync).RequireScope(Scopes.HostsRead).WithTags("Hosts").WithSummary("The dashboard's own public key, to be put on hosts.")
            .Produces<DashboardKey>();
    }

    private static async Task<IResult> ListAsync(
        HostService service, int? limit, string? cursor, string? status, string? name, string? ansible_group, bool? include_deleted, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > LargestLimit)
        {
            return Refuse("limit", $"A limit is a number from 1 to {LargestLimit}.");
        }

        if (cursor is not null && !TryReadCursor(cursor, out _))
        {
            return Refuse("cursor", "Use the next_cursor of the page before.");
        }

        HostStatus? wanted = null;
        if (status is not null)
        {
            if (!EnumWords<HostStatus>.TryParse(status, out var known))
            {
                return Refuse("status", $"A status is one of {string.Join(", ", Enum.GetValues<HostStatus>().Select(EnumWords<HostStatus>.Of))}.");
            }

            wanted = known;
        }

        var all = await service.ListAsync(include_deleted == true, cancellationToken);
        var matching = all.Where(h => (wanted is null || h.Status == wanted)
            && (name is null || string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase))
            && (ansible_group is null || h.AnsibleGroup == ansible_group));
        if (TryReadCursor(cursor, out var after))
        {
            matching = matching.SkipWhile(h => Compare(h, after) <= 0);
        }

        var page = matching.Take((limit ?? DefaultLimit) + 1).ToList();
        var more = page.Count > (limit ?? DefaultLimit);
        var items = more ? page[..^1] : page;
        return TypedResults.Ok(new Page<HostSummary>(items, more ? WriteCursor(items[^1]) : null));
    }

    private static async Task<IResult> AddAsync(HostService service, HostInput input, CancellationToken cancellationToken) =>
        (await service.AddAsync(input, cancellationToken)).ToHttp(host => TypedResults.Created($"/api/v1/hosts/{host.Id}", host));

    private static async Task<IResult> GetAsync(HostService service, string id, bool? include_deleted, CancellationToken cancellationToken) =>
        (await service.GetAsync(id, include_deleted == true, cancellationToken) is { } host ? new Result<HostSummary>(host, null) : Problem.NotFound("host")).ToHttp();

    private static async Task<IResult> UpdateAsync(HostService service, string id, HostInput input, CancellationToken cancellationToken) =>
        (await service.UpdateAsync(id, input, cancellationToken)).ToHttp();

    private static async Task<IResult> DeleteAsync(HostService service, string id, CancellationToken cancellationToken) =>
        (await service.DeleteAsync(id, cancellationToken)).ToHttp();

    private static async Task<IResult> GetHostKeyAsync(HostService service, string id, CancellationToken cancellationToken) =>
        (await service.GetHostKeyAsync(id, cancellationToken)).ToHttp();

    private static async Task<IResult> ApproveAsync(HostService service, string id, HostKeyApproval approval, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(approval.Fingerprint)
            ? Refuse("fingerprint", "Name the key by its fingerprint, such as SHA256:….")
            : (await service.ApproveHostKeyAsync(id, approval.Fingerprint, cancellationToken)).ToHttp();

    private static async Task<IResult> GetDashboardKeyAsync(HostService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetDashboardKeyAsync(cancellationToken));

    private static IResult Refuse(string field, string message) => new Result(Problem.Invalid(field, message)).ToHttp();

    private static string WriteCursor(HostSummary last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.Id} {last.Name}"));

    private static bool TryReadCursor(string? cursor, out (string Id, string Name) after)
    {
        after = default;
        if (cursor is null || cursor.Length > 200 || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ', 2);
        after = (parts[0], parts[^1]);
        return parts.Length == 2;
    }

    private static int Compare(HostSummary host, (string Id, string Name) after)
    {
        var byName = string.Compare(host.Name, after.Name, StringComparison.OrdinalIgnoreCase);
        return byName != 0 ? byName : string.CompareOrdinal(host.Id, after.Id);
    }

    private sealed record HostKeyApproval(string? Fingerprint);
}
