namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>A Compose project on a host.</summary>
/// <param name="Status"><c>running</c>, <c>partial</c>, <c>stopped</c>, or <c>down</c> where it has no containers.</param>
/// <param name="Containers">How many it has.</param>
/// <param name="Running">How many of them run.</param>
/// <param name="WorkingDir">Null, with no <paramref name="ConfigFiles"/>, where nothing says where its files are.</param>
public sealed record StackSummary(string HostId, string Name, string Status, int Containers, int Running, string? WorkingDir, IReadOnlyList<string> ConfigFiles);

/// <summary>A container of a project, or a service of its files that has none.</summary>
/// <param name="ContainerId">The dashboard's own id.</param>
/// <param name="State">The engine's word, or <c>not_created</c>.</param>
public sealed record StackService(string? Service, int? ContainerId, string? ContainerName, string State, ContainerHealth? Health, string? Image);

/// <summary>What Compose says of a project's files.</summary>
/// <param name="HasCompose">Whether the host has Compose at all.</param>
/// <param name="Services">By name; those that its profiles leave out are not among them.</param>
public sealed record StackPlan(bool HasCompose, IReadOnlyList<string> Services);

/// <summary>A file of a project as it is on the host.</summary>
/// <param name="Content">Null where it could not be read, or the caller may not see it: it may hold secrets.</param>
/// <param name="Etag">Of the content, to be sent back as <c>If-Match</c>.</param>
/// <param name="Problem">Why it could not be read, in words.</param>
public sealed record StackFile(string Path, string? Content, string? Etag, string? Problem);

/// <param name="ComposeVersion">Of the plugin on the host; null where there is none, and no file of the project can be applied, or where the host did not answer.</param>
/// <param name="Answered">Whether the host answered.</param>
public sealed record StackDetails(StackSummary Stack, IReadOnlyList<StackService> Services, string? ComposeVersion, bool Answered, IReadOnlyList<StackFile> Files);

/// <summary>A file of a project as it shall be.</summary>
/// <param name="Path">Which of its files; null: the first.</param>
public sealed record StackFileInput(string Content, string? Path = null);

/// <param name="Etag">Of what is there now.</param>
/// <param name="Checked">False where the host has no Compose that could have checked it.</param>
public sealed record StackSaved(string Path, string Etag, bool Checked);
