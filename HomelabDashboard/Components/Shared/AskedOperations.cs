using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Components.Shared;

/// <summary>Operations that the person on this page has asked for, until each has ended.</summary>
public sealed class AskedOperations(LiveStore<string, OperationRecord> operations)
{
    private readonly Dictionary<string, Action<OperationRecord>> _asked = new(StringComparer.Ordinal);

    public bool Any => _asked.Count > 0;

    /// <param name="ended">Called once, at once where it has ended already.</param>
    public void Add(OperationRecord operation, Action<OperationRecord> ended)
    {
        _asked[operation.Id] = ended;
        Take();
    }

    /// <summary>To be called when operations have changed.</summary>
    /// <returns>Whether one of them has ended.</returns>
    public bool Take()
    {
        var any = false;
        foreach (var (id, ended) in _asked.ToList())
        {
            if (operations.Get(id) is { IsOpen: false } operation && _asked.Remove(id))
            {
                ended(operation);
                any = true;
            }
        }

        return any;
    }
}
