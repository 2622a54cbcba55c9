namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>The environment of Ansible's programs: nothing of the dashboard's own, which holds secrets.</summary>
internal static class AnsibleEnvironment
{
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

    /// <summary>Hosts are reached over the dashboard's own connection or not at all: without it ssh would log in by itself.</summary>
    private const string OverSharedConnectionOnly = "-o ProxyCommand=false";

    public static void Set(IDictionary<string, string?> environment, string temporary, AnsibleFolder? folder = null)
    {
        var kept = Inherited.Where(environment.ContainsKey).ToDictionary(name => name, name => environment[name]);
        environment.Clear();
        foreach (var (name, value) in kept)
        {
            environment[name] = value;
        }

        environment["LC_ALL"] = "C.UTF-8";
        environment["ANSIBLE_LOCAL_TEMP"] = temporary;
        environment["ANSIBLE_NOCOWS"] = "1";
        environment["ANSIBLE_RETRY_FILES_ENABLED"] = "False";
        environment["ANSIBLE_PYTHON_INTERPRETER"] = "auto_silent";
        if (folder is null)
        {
            return;
        }

        environment["ANSIBLE_FORCE_COLOR"] = "1";
        environment["ANSIBLE_CALLBACK_PLUGINS"] = folder.Callbacks;
        environment["ANSIBLE_STDOUT_CALLBACK"] = "homelab";
        environment["ANSIBLE_INVENTORY_ENABLED"] = "script";
        environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "True";
        environment["ANSIBLE_TRANSPORT"] = "ssh";
        environment["ANSIBLE_PIPELINING"] = "True";
        environment["ANSIBLE_HOST_KEY_CHECKING"] = "True";
        environment["ANSIBLE_SSH_COMMON_ARGS"] = OverSharedConnectionOnly;
    }
}
