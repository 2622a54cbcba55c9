namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>What was found on a host when it was asked for an engine.</summary>
public enum EngineFound
{
    /// <summary>Its client can be run to reach it.</summary>
    Way,

    /// <summary>A socket is there that the user may not use.</summary>
    Denied,

    /// <summary>The program is there, and no socket.</summary>
    Stopped,
    Nothing,
}

/// <param name="Program"><c>docker</c> or <c>podman</c>; null where neither is known.</param>
/// <param name="Owner">Of the socket that was found.</param>
/// <param name="AsRoot">Only root may use it, and the user may become root without a password.</param>
public sealed record EngineFinding(EngineFound Found, string? Program = null, EngineOwner Owner = EngineOwner.System, bool AsRoot = false)
{
    /// <summary>Where programs are besides where a login without a terminal looks; for a POSIX shell.</summary>
    internal const string SearchPath = "PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/snap/bin";

    /// <summary>Where the user's own sockets are; for a POSIX shell.</summary>
    internal const string RunFolder = "run=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}";

    internal const string DockerSocket = "/var/run/docker.sock";
    internal const string PodmanSocket = "/run/podman/podman.sock";

    /// <summary>
    /// A script for a POSIX shell that says in one line what there is. What the user's environment names (<c>DOCKER_HOST</c>) goes
    /// before the usual places, and then alone.
    /// </summary>
    internal const string Script = $$"""
        {{SearchPath}}
        {{RunFolder}}
        shut=
        program=
        try() {
            [ -S "$1" ] && command -v "$2" >/dev/null 2>&1 || return 0
            if [ -r "$1" ] && [ -w "$1" ]; then echo "way $2 $3"; exit 0; fi
            shut="$2 $3"
        }
        for name in podman docker; do if command -v "$name" >/dev/null 2>&1; then program=$name; fi; done
        case ${DOCKER_HOST-} in
        '')
            try {{DockerSocket}} docker system
            try "$run/docker.sock" docker user
            try {{PodmanSocket}} podman system
            try "$run/podman/podman.sock" podman user
            # Nobody but root sees into the folder of root's Podman.
            if [ -z "$shut" ] && command -v podman >/dev/null 2>&1 && sudo -n test -S {{PodmanSocket}} >/dev/null 2>&1; then shut='podman system'; fi ;;
        unix://*) try "${DOCKER_HOST#unix://}" "$program" told ;;
        *) if [ -n "$program" ]; then echo "way $program told"; exit 0; fi ;;
        esac
        if [ -n "$shut" ] && sudo -n true >/dev/null 2>&1; then echo "root $shut"
        elif [ -n "$shut" ]; then echo "denied $shut"
        elif [ -n "$program" ]; then echo "stopped $program"
        else echo none
        fi
        exit 0

        """;

    /// <summary>Reads the script's answer: its last line, whatever a login shell said before.</summary>
    internal static EngineFinding? Parse(string answer)
    {
        var words = answer.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Split(' ');
        return words switch
        {
            ["none"] => new(EngineFound.Nothing),
            ["stopped", "docker" or "podman"] => new(EngineFound.Stopped, words[1]),
            [var word, "docker" or "podman", "told" or "system" or "user"] when Enum.Parse<EngineOwner>(words[2], ignoreCase: true) is var owner => word switch
            {
                "way" => new(EngineFound.Way, words[1], owner),
                "root" => new(EngineFound.Way, words[1], owner, AsRoot: true),
                "denied" => new(EngineFound.Denied, words[1], owner),
                _ => null,
            },
            _ => null,
        };
    }
}
