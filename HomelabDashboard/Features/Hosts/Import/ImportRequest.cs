namespace HomelabDashboard.Features.Hosts.Import;

/// <param name="Files">One; for ssh_config the main file and those that it includes.</param>
/// <param name="DefaultUser">The user of new hosts for which the text names none; null: root.</param>
public sealed record ImportRequest(ImportFormat Format, IReadOnlyList<ImportFile> Files, string? DefaultUser = null);
