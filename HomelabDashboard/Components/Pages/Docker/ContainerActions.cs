using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using Radzen;

namespace HomelabDashboard.Components.Pages.Docker;

/// <summary>Asks for actions on containers, and tells the person how those ended that they asked for.</summary>
internal sealed class ContainerActions(DockerService docker, LiveStore<string, OperationRecord> operations, NotificationService notifications, DialogService dialogs)
{
    private readonly AskedOperations _asked = new(operations);
    private Dictionary<int, OperationRecord> _open = [];

    /// <summary>What is under way with a container, by anybody.</summary>
    public OperationRecord? Open(int id) => _open.GetValueOrDefault(id);

    /// <summary>Takes up what changed among the operations.</summary>
    /// <returns>Whether something is shown differently now.</returns>
    public bool Take()
    {
        _asked.Take();
        var open = new Dictionary<int, OperationRecord>();
        foreach (var operation in operations.Snapshot().Values)
        {
            if (operation.IsOpen && ContainerOperation.ContainerOf(operation) is { } id)
            {
                open[id] = operation;
            }
        }

        var changed = open.Count != _open.Count || open.Any(o => !_open.TryGetValue(o.Key, out var before) || !ReferenceEquals(before, o.Value));
        _open = open;
        return changed;
    }

    /// <summary>Asks for the same on several containers.</summary>
    /// <returns>Whether anything was asked for.</returns>
    public async Task<bool> ActAsync(IReadOnlyList<ContainerSummary> containers, ContainerVerb? verb)
    {
        if (verb is null or ContainerVerb.Kill && !await dialogs.ConfirmAsync(Question(containers, verb)))
        {
            return false;
        }

        var asked = false;
        foreach (var container in containers)
        {
            var result = await docker.ActAsync(container.Id, verb, CancellationToken.None);
            if (result.Succeeded)
            {
                _asked.Add(result.Value, ended =>
                {
                    if (ended.Status == OperationStatus.Failed)
                    {
                        notifications.Failed(new("OPERATION_FAILED", $"{container.Name}: {ended.Error}"));
                    }
                });
                asked = true;
            }
            else
            {
                notifications.Failed(new(result.Problem.Code, $"{container.Name}: {result.Problem.Message}"));
            }
        }

        return asked;
    }

    private static Confirmation Question(IReadOnlyList<ContainerSummary> containers, ContainerVerb? verb)
    {
        var what = containers.Count == 1 ? containers[0].Name : $"{containers.Count} containers";
        var names = $"{string.Join(", ", containers.Take(8).Select(c => c.Name))}{(containers.Count > 8 ? $" and {containers.Count - 8} more" : "")}";
        return verb is null
            ? new($"Remove {what}?", $"{names}: what was written inside and to anonymous volumes is lost. Named volumes and folders of the host stay.", containers.Count == 1 ? "Remove container" : "Remove containers", what)
            : new($"Kill {what}?", $"{names}: ended at once, without a chance to finish what is being written.", "Kill");
    }
}
