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
/// <param name="AsRoot">Only root may use it, and the user may become root without a password.</param>
public sealed record EngineFinding(EngineFound Found, string? Program = null, bool AsRoot = false)
{
    /// <summary>
    /// A script for a POSIX shell that says in one line what there is. What the user's environment names (<c>DOCKER_HOST</c>) goes
    /// before the usual places, and then alone.
    /// </summary>
    internal const string Script = """
        user=$(id -u)
        run=${XDG_RUNTIME_DIR:-/run/user/$user}
        PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/snap/bin
        shut=
        program=
        try() {
            [ -S "$1" ] && command -v "$2" >/dev/null 2>&1 || return 0
            if [ -r "$1" ] && [ -w "$1" ]; then echo "way $2"; exit 0; fi
            shut=$2
        }
        for name in podman docker; do if command -v "$name" >/dev/null 2>&1; then program=$name; fi; done
        case ${DOCKER_HOST-} in
        '')
            try /var/run/docker.sock docker
            try "$run/docker.sock" docker
            try /run/podman/podman.sock podman
            try "$run/podman/podman.sock" podman ;;
        unix://*) try "${DOCKER_HOST#unix://}" "$program" ;;
        *) if [ -n "$program" ]; then echo "way $program"; exit 0; fi ;;
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
            [var word, "docker" or "podman"] => word switch
            {
                "way" => new(EngineFound.Way, words[1]),
                "root" => new(EngineFound.Way, words[1], AsRoot: true),
                "denied" => new(EngineFound.Denied, words[1]),
                "stopped" => new(EngineFound.Stopped, words[1]),
                _ => null,
            },
            _ => null,
        };
    }
}
