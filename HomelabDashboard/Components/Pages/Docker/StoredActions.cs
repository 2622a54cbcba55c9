using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using Radzen;

namespace HomelabDashboard.Components.Pages.Docker;

/// <summary>Has images or volumes removed, and tells the person how that ended.</summary>
internal sealed class StoredActions(StoredKind kind, DockerService docker, LiveStore<string, OperationRecord> operations, NotificationService notifications, DialogService dialogs)
{
    private readonly AskedOperations _asked = new(operations);

    /// <summary>Whether its removal is under way, by anybody.</summary>
    public bool IsRemoving(int id) => operations.Snapshot().Values.Any(o => o.IsOpen && o.Kind == StoredOperation.KindOf(kind) && o.Target == StoredOperation.TargetOf(kind, id));

    /// <summary>Takes up what changed among the operations.</summary>
    /// <returns>Whether one of this kind has ended, so that there is something else to see.</returns>
    public bool Take(IEnumerable<KeyValuePair<string, OperationRecord?>> batch)
    {
        _asked.Take();
        return batch.Any(change => change.Value is { IsOpen: false } ended && ended.Kind == StoredOperation.KindOf(kind));
    }

    public async Task RemoveAsync(int id, string name, string hostName)
    {
        var question = kind == StoredKind.Image
            ? new Confirmation($"Remove {name}?", $"The image goes from {hostName} with all its names. It can be pulled or built again. One that a container uses stays.", "Remove image")
            : new Confirmation($"Remove {name}?", $"The volume goes from {hostName} with everything in it, and nothing brings it back. One that a container uses stays.", "Remove volume", name);
        if (!await dialogs.ConfirmAsync(question))
        {
            return;
        }

        var result = await docker.RemoveAsync(kind, id, CancellationToken.None);
        if (result.Succeeded)
        {
            _asked.Add(result.Value, ended =>
            {
                if (ended.Status == OperationStatus.Succeeded)
                {
                    notifications.Done($"{name} was removed.");
                }
                else
                {
                    notifications.Failed(new("OPERATION_FAILED", $"{name} was not removed: {ended.Error}"));
                }
            });
        }
        else
        {
            notifications.Failed(result.Problem);
        }
    }
}
