using System.Linq.Expressions;

namespace HomelabDashboard.Features.Docker;

/// <summary>One trouble of one container as pages and programs see it.</summary>
/// <param name="Message">A sentence without its subject: <c>ended unexpectedly with code 1</c>.</param>
/// <param name="Kind">Null where it was opened before kinds were kept.</param>
public sealed record DockerAlertSummary(
    long Id, string HostId, string ContainerName, DockerAlertSeverity Severity, DockerAlertState State, string? Message,
    DateTime OpenedAt, DateTime? ClosedAt, DateTime? AcknowledgedAt, string? AcknowledgedBy, DateTime? LastNotifiedAt, ContainerTroubleKind? Kind)
{
    internal static readonly Expression<Func<DockerAlert, DockerAlertSummary>> FromRow = a => new DockerAlertSummary(
        a.Id, a.HostId, a.ContainerName, a.Severity, a.State, a.Message, a.OpenedAt, a.ClosedAt, a.AcknowledgedAt, a.AcknowledgedBy, a.LastNotifiedAt, a.Kind);

    internal static readonly Func<DockerAlert, DockerAlertSummary> Of = FromRow.Compile();
}
