using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts.Bootstrap;
using HomelabDashboard.Features.Hosts.Import;
using HomelabDashboard.Features.Hosts.Power;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.Hosts;

internal static class HostEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapHosts(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("/hosts").WithTags("Hosts");
        hosts.MapGet("", ListAsync).RequireScope(Scopes.HostsRead).WithSummary("The hosts, by name.")
            .Produces<Page<HostSummary>>().ProducesProblems(400);
        hosts.MapPost("", AddAsync).RequireScope(Scopes.HostsWrite).WithSummary("Adds a host. Nothing connects to it before its host key is approved.")
            .Produces<HostSummary>(201).ProducesProblems(400, 409);
        hosts.MapPost("/import", ImportAsync).RequireScope(Scopes.HostsWrite)
            .WithSummary("Takes hosts over from an ssh_config or an Ansible inventory: everything that is not skipped, or nothing when it cannot be read. With dry_run nothing is changed.")
            .Produces<ImportAnswer>().ProducesProblems(400, 409, 413);
        hosts.MapGet("/{id}", GetAsync).RequireScope(Scopes.HostsRead).WithSummary("One host.")
            .Produces<HostSummary>().ProducesProblems(404);
        hosts.MapPatch("/{id}", UpdateAsync).RequireScope(Scopes.HostsWrite).WithSummary("Changes the fields that are given; an empty proxy_jump, ansible_group or notes, and a warn_percent or critical_percent of 0, are taken away.")
            .Produces<HostSummary>().ProducesProblems(400, 404, 409);
        hosts.MapDelete("/{id}", DeleteAsync).RequireScope(Scopes.HostsWrite).WithSummary("Takes a host away; its history stays readable.")
            .Produces(204).ProducesProblems(404, 409);
        hosts.MapGet("/{id}/host-key", GetHostKeyAsync).RequireScope(Scopes.HostsRead).WithSummary("The key that the host offers now, and the one that is approved.")
            .Produces<HostKeyState>().ProducesProblems(404);
        hosts.MapPost("/{id}/host-key/approve", ApproveAsync).RequireScope(Scopes.HostsWrite).WithSummary("Approves the key that the host offers, named by its fingerprint.")
            .Produces(204).ProducesProblems(400, 404, 409, 502);
        hosts.MapPost("/{id}/bootstrap", BootstrapAsync).RequireScope(Scopes.HostsWrite)
            .WithSummary("Signs in once with a password or a private key (without a passphrase), and leaves a user there that the dashboard's key lets in and that may become root. The secret is used once and never stored. Before the host key is approved: HOST_KEY_NOT_APPROVED.")
            .Produces<AcceptedOperations>(202).ProducesProblems(400, 404, 409);
        hosts.MapPost("/{id}/reboot", (PowerService service, string id, CancellationToken cancellationToken) => PowerAsync(service, id, PowerAction.Reboot, cancellationToken)).RequireScope(Scopes.HostsWrite)
            .WithSummary("Restarts the host. The operation succeeds when it is connected again after a new boot. Without root, or sudo or doas without a password, it fails and says so.")
            .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        hosts.MapPost("/{id}/shut-down", (PowerService service, string id, CancellationToken cancellationToken) => PowerAsync(service, id, PowerAction.ShutDown, cancellationToken)).RequireScope(Scopes.HostsWrite)
            .WithSummary("Shuts the host down. The operation succeeds when it has ended the connection and stays silent; nothing here can switch it on again.")
            .Produces<AcceptedOperations>(202).ProducesProblems(404, 409, 502);
        api.MapGet("/ssh-key", GetDashboardKeyAsync).RequireScope(Scopes.HostsRead).WithTags("Hosts").WithSummary("The dashboard's own public key, to be put on hosts.")
            .Produces<DashboardKey>();
    }

    private static async Task<IResult> ListAsync(
        HostService service, [AsParameters] ListQuery query, string? status, string? name, [FromQuery(Name = "ansible_group")] string? group, string? tag,
        [FromQuery(Name = "include_deleted")] bool? includeDeleted, CancellationToken cancellationToken)
    {
        if (!WordFilter.TryRead<HostStatus>(status, "status", out var wanted, out var problem))
        {
            return problem.ToHttp();
        }

        var matching = (await service.ListAsync(includeDeleted == true, cancellationToken))
            .Where(h => (wanted is null || h.Status == wanted)
                && (name is null || string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase))
                && (group is null || h.AnsibleGroup == group)
                && (tag is null || h.Tags.Contains(tag.ToLowerInvariant())));
        if (query.After?.Split(' ', 2) is { } after)
        {
            matching = matching.SkipWhile(h => IsUpTo(h, after[0], after[^1]));
        }

        return TypedResults.Ok(query.PageOf([.. matching.Take(query.Take + 1)], h => $"{h.Id} {h.Name}"));
    }

    private static async Task<IResult> AddAsync(HostService service, HostInput input, CancellationToken cancellationToken) =>
        (await service.AddAsync(input, cancellationToken)).ToHttp(host => TypedResults.Created($"/api/v1/hosts/{host.Id}", host));

    private static async Task<IResult> GetAsync(HostService service, string id, [FromQuery(Name = "include_deleted")] bool? includeDeleted, CancellationToken cancellationToken) =>
        (await service.GetAsync(id, includeDeleted == true, cancellationToken) is { } host ? new Result<HostSummary>(host, null) : Problem.NotFound("host")).ToHttp();

    private static async Task<IResult> UpdateAsync(HostService service, string id, HostInput input, CancellationToken cancellationToken) =>
        (await service.UpdateAsync(id, input, cancellationToken)).ToHttp();

    private static async Task<IResult> DeleteAsync(HostService service, string id, CancellationToken cancellationToken) =>
        (await service.DeleteAsync(id, cancellationToken)).ToHttp();

    private static async Task<IResult> GetHostKeyAsync(HostService service, string id, CancellationToken cancellationToken) =>
        (await service.GetHostKeyAsync(id, cancellationToken)).ToHttp();

    private static async Task<IResult> ApproveAsync(HostService service, string id, HostKeyApproval approval, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(approval.Fingerprint)
            ? Problem.Invalid("fingerprint", "Name the key by its fingerprint, such as SHA256:….").ToHttp()
            : (await service.ApproveHostKeyAsync(id, approval.Fingerprint, cancellationToken)).ToHttp();

    private static async Task<IResult> BootstrapAsync(BootstrapService service, string id, BootstrapInput input, CancellationToken cancellationToken) =>
        (await service.StartAsync(id, input, cancellationToken)).ToAccepted();

    private static async Task<IResult> PowerAsync(PowerService service, string id, PowerAction action, CancellationToken cancellationToken) =>
        (await service.StartAsync(id, action, cancellationToken)).ToAccepted();

    private static async Task<IResult> GetDashboardKeyAsync(HostService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetDashboardKeyAsync(cancellationToken));

    /// <summary>Whether a host stands before or at a place in the order of the list.</summary>
    private static bool IsUpTo(HostSummary host, string id, string name)
    {
        var byName = string.Compare(host.Name, name, StringComparison.OrdinalIgnoreCase);
        return byName < 0 || (byName == 0 && string.CompareOrdinal(host.Id, id) <= 0);
    }

    private static async Task<IResult> ImportAsync(HostImportService service, ImportBody body, CancellationToken cancellationToken)
    {
        if (body.Format is not { } format)
        {
            return Problem.Invalid("format", "format is one of ssh_config, ansible_ini, ansible_yaml.").ToHttp();
        }

        var request = new ImportRequest(format, [new("", body.Content ?? "")], body.DefaultUser);
        var result = body.DryRun == true ? await service.PreviewAsync(request, cancellationToken) : await service.ApplyAsync(request, cancellationToken);
        return result.ToHttp(plan => TypedResults.Ok(new ImportAnswer(plan.New.Count, plan.Changed.Count, plan.Skipped, plan.Same.Count, plan.Groups)));
    }

    internal sealed record ImportBody
    {
        public ImportFormat? Format { get; init; }

        public string? Content { get; init; }

        /// <summary>True: nothing is changed.</summary>
        public bool? DryRun { get; init; }

        /// <summary>The user of new hosts for which the text names none; root where nothing is said.</summary>
        public string? DefaultUser { get; init; }
    }

    /// <param name="Same">How many hosts are here already, as the text says them.</param>
    /// <param name="Groups">How many Ansible groups are new or changed.</param>
    private sealed record ImportAnswer(int Created, int Updated, IReadOnlyList<SkippedLine> Skipped, int Same, int Groups);

    internal sealed record HostKeyApproval(string? Fingerprint);
}
