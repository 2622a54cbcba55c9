namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>What an engine can be rid of, because nothing uses it.</summary>
public enum PruneKind
{
    /// <summary>Those that do not run.</summary>
    Containers,

    /// <summary>Those without a name that no container uses, as a build or a pull leaves them behind.</summary>
    DanglingImages,

    /// <summary>Every one that no container uses.</summary>
    Images,

    /// <summary>Every one that no container uses, with what is in it.</summary>
    Volumes,
    BuildCache,
}
