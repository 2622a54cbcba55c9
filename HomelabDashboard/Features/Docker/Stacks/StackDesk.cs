using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>Compose projects of all hosts: what pages and endpoints call. Files are for those who may act: they may hold secrets.</summary>
public sealed class StackDesk(
    Access access, StackBook book, StackFiles files, OperationQueue queue, LiveStore<string, OperationRecord> operations, LiveStore<string, HostSummary> hosts, ActivityLog log)
{
    /// <summary>Needs docker:read. By host and name.</summary>
    public async Task<IReadOnlyList<StackSummary>> ListAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        return [.. (await book.AllAsync(cancellationToken)).Select(s => s.Stack)];
    }

    /// <summary>Needs docker:read; the files' content docker:execute. <c>NOT_FOUND</c>. A host that does not answer is said in each file's problem.</summary>
    public async Task<Result<StackDetails>> GetAsync(string hostId, string name, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerRead);
        if (await book.FindAsync(hostId, name, cancellationToken) is not var (stack, definition, containers))
        {
            return Problem.NotFound("project");
        }

        IReadOnlyList<StackService> services = [.. containers.Select(c => new StackService(c.ComposeService, c.Id, c.Name, c.State, c.Health, c.Image))];
        if (definition is null)
        {
            return new StackDetails(stack, services, null, Answered: false, []);
        }

        var plan = await PlanAsync(hostId, name, cancellationToken);
        services = [.. services, .. (plan.Value?.Services ?? []).Except(services.Select(s => s.Service), StringComparer.Ordinal).Select(s => new StackService(s, null, null, "not_created", null, null))];
        var mayRead = caller.Has(Scopes.DockerExecute);
        var read = await files.ReadAsync(hostId, mayRead ? definition.Files : [], cancellationToken);
        return new StackDetails(stack, services, read.Succeeded ? read.Value.Compose : null, read.Succeeded, !mayRead
            ? [.. definition.Files.Select(f => new StackFile(f, null, null, "The files are shown to those who may act on containers: they may hold secrets."))]
            : read.Succeeded ? read.Value.Files : [.. definition.Files.Select(f => new StackFile(f, null, null, read.Problem.Message))]);
    }

    /// <summary>Needs docker:read. What Compose on the host says that the project's files name now. <c>NOT_FOUND</c>, <c>HOST_UNREACHABLE</c>, <c>UPSTREAM_FAILED</c>.</summary>
    public async Task<Result<StackPlan>> PlanAsync(string hostId, string name, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.DockerRead);
        return StackDefinition.IsName(name) && await book.FindAsync(hostId, name, cancellationToken) is { Definition: { } definition }
            ? await files.PlanAsync(hostId, name, definition, cancellationToken)
            : Problem.NotFound("project with files that are known");
    }

    /// <summary>
    /// Needs docker:execute. Has a file checked by Compose and, when <paramref name="save"/>, puts it on the host; the one before stays
    /// beside it as <c>.bak</c>. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c>, <c>PAYLOAD_TOO_LARGE</c>, <c>PRECONDITION_FAILED</c>,
    /// <c>FILE_REFUSED</c>, <c>HOST_UNREACHABLE</c>, <c>UPSTREAM_FAILED</c>.
    /// </summary>
    /// <param name="etag">Of the file as it was read.</param>
    public async Task<Result<StackSaved>> SaveAsync(string hostId, string name, StackFileInput input, string? etag, bool save, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        if (await book.FindAsync(hostId, name, cancellationToken) is not { Definition: { } definition } || !StackDefinition.IsName(name))
        {
            return Problem.NotFound("project with files that are known");
        }

        var path = input.Path ?? definition.Files[0];
        if (!definition.Files.Contains(path, StringComparer.Ordinal))
        {
            return Problem.Invalid("path", "This is none of the project's files.");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(input.Content) > StackFiles.LargestFile)
        {
            return new Problem("PAYLOAD_TOO_LARGE", $"A file may have at most {StackFiles.LargestFile / 1024} KB.");
        }

        if (input.Content.Contains('\0', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(input.Content))
        {
            return Problem.Invalid("content", "A Compose file is text, and not empty.");
        }

        if (etag is null || etag.Length != 66)
        {
            return Problem.Invalid("if_match", "Send the etag of the file as it was read in If-Match, so that nobody's change is lost.");
        }

        // The script compares too, where the host can: this is for a host that cannot, and tells why a file cannot be read.
        var before = await files.ReadAsync(hostId, [path], cancellationToken);
        if (!before.Succeeded)
        {
            return before.Problem;
        }

        if (before.Value.Files[0] is { Problem: { } unread })
        {
            return new Problem("FILE_REFUSED", unread);
        }

        if (before.Value.Files[0].Etag != etag)
        {
            return new Problem("PRECONDITION_FAILED", "The file has been changed on the host since it was read. Read it again; what you wrote is still here to be copied.");
        }

        var saved = await files.SaveAsync(hostId, name, definition, path, input.Content, etag, save, cancellationToken);
        if (!saved.Succeeded)
        {
            return saved.Problem;
        }

        if (save)
        {
            await book.RememberAsync(hostId, name, definition, cancellationToken);
            log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{caller.Username} changed {path} of the project {name} on {hosts.Get(hostId)?.Name}.", hostId);
        }

        return new StackSaved(path, save ? StackFiles.EtagOf(input.Content) : etag, saved.Value);
    }

    /// <summary>Needs docker:execute. <c>NOT_FOUND</c>, or <c>OPERATION_OPEN</c> while anything is under way with the project.</summary>
    public async Task<Result<OperationRecord>> ActAsync(string hostId, string name, StackVerb verb, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        if (!StackDefinition.IsName(name) || await book.FindAsync(hostId, name, cancellationToken) is not { Definition: not null })
        {
            return Problem.NotFound("project with files that are known");
        }

        // Deploy and down are kinds of their own, of which one each could be open.
        using var asking = await book.AskAsync(cancellationToken);
        var target = StackOperation.TargetOf(hostId, name);
        return operations.Snapshot().Values.FirstOrDefault(o => o.IsOpen && o.Target == target) is { } open
            ? new Problem("OPERATION_OPEN", $"Something is under way with this project already, as operation {open.Id}.") { OperationId = open.Id }
            : await queue.EnqueueAsync(StackOperation.KindOf(verb), target, hostId, caller.Username, cancellationToken);
    }

    /// <summary>Needs docker:execute. Takes a project that is down off the list; its files stay. <c>NOT_FOUND</c>, <c>STACK_IN_USE</c>.</summary>
    public async Task<Result> ForgetAsync(string hostId, string name, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerExecute);
        if (await book.FindAsync(hostId, name, cancellationToken) is not var (stack, _, _))
        {
            return Problem.NotFound("project");
        }

        if (stack.Containers > 0)
        {
            return new Problem("STACK_IN_USE", $"{name} has containers. Take it down first.");
        }

        if (!await book.ForgetAsync(hostId, name, cancellationToken))
        {
            return Problem.NotFound("project");
        }

        log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{caller.Username} took the project {name} on {hosts.Get(hostId)?.Name} off the list.", hostId);
        return Result.Ok;
    }
}
