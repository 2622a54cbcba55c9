namespace HomelabDashboard.Components.Terminal;

/// <summary>Why a terminal ended, for the person who had it open.</summary>
public static class SessionEndWords
{
    /// <param name="reason">As the hub's <c>Closed</c> says it; anything else is a session that is not there any more.</param>
    public static string Of(string reason) => reason switch
    {
        "user_close" => "This terminal was closed.",
        "ttl" => "This terminal has reached its time limit.",
        "idle" => "This terminal was closed because nothing was typed for a long time.",
        "quota" => "This terminal was closed to make room for another.",
        "server_shutdown" => "The dashboard was shut down, and this terminal with it.",
        "client_lost" => "This terminal was closed because no window was attached to it.",
        "reused" => "This terminal was taken over.",
        "error" => "This terminal has failed; its last line says why.",
        _ => "This terminal has ended.",
    };
}
