using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Hosts;

/// <summary>The hosts: what pages and endpoints call.</summary>
public sealed class HostService
{
    /// <summary>Needs hosts:read. Every host that is not deleted, live.</summary>
    public ValueTask<LiveStore<string, HostSummary>> LiveAsync() => throw new NotImplementedException();

    /// <summary>Needs hosts:read. By name.</summary>
    public Task<IReadOnlyList<HostSummary>> ListAsync(bool includeDeleted, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<HostSummary?> GetAsync(string id, bool includeDeleted, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:write. <c>VALIDATION_FAILED</c> by field, or <c>HOST_EXISTS</c>.</summary>
    public Task<Result<HostSummary>> AddAsync(HostInput input, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:write. Null fields of the input stay as they are; an empty ProxyJump or AnsibleGroup is taken away.</summary>
    public Task<Result<HostSummary>> UpdateAsync(string id, HostInput input, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Result> DeleteAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:read. Asks the host for its key (some seconds at most) and says which one is pinned.</summary>
    public Task<Result<HostKeyState>> GetHostKeyAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:write. <c>HOST_KEY_MISMATCH</c> when the host offers another one than <paramref name="fingerprint"/>.</summary>
    public Task<Result> ApproveHostKeyAsync(string id, string fingerprint, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Needs hosts:read. The dashboard's own public key line, and its fingerprint.</summary>
    public Task<DashboardKey> GetDashboardKeyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <param name="PublicKey">One line for <c>~/.ssh/authorized_keys</c>.</param>
public sealed record DashboardKey(string PublicKey, string Fingerprint);
