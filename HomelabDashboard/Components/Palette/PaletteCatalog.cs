using HomelabDashboard.Components.Pages.Automation;
using HomelabDashboard.Components.Pages.Docker;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Schedules;

namespace HomelabDashboard.Components.Palette;

/// <summary>What the palette offers a caller: what there is, and what that caller may do with it.</summary>
public static class PaletteCatalog
{
    public static readonly PaletteVerb OpenPage = new("open", "{0}", "chevron-right", "open", "show", "go", "page") { IsUsual = true };
    public static readonly PaletteVerb OpenHost = new("open", "{0}", "server", "open", "show", "go", "host") { IsUsual = true };
    public static readonly PaletteVerb HostTerminal = new("terminal", "Open a terminal on {0}", "square-terminal", "open", "terminal", "shell", "ssh", "console");
    public static readonly PaletteVerb CheckHost = new("check", "Take a full reading of {0}", "refresh-cw", "check", "collect", "refresh", "read");
    public static readonly PaletteVerb RestartHost = new("restart", "Restart {0}…", "refresh-cw", "restart", "reboot", "host");
    public static readonly PaletteVerb ShutDownHost = new("shut_down", "Shut down {0}…", "power", "shut", "down", "shutdown", "poweroff", "halt", "stop", "host");
    public static readonly PaletteVerb OpenContainer = new("open", "{0}", "container", "open", "show", "go", "container") { IsUsual = true };
    public static readonly PaletteVerb ContainerLogs = new("logs", "Logs of {0}", "scroll-text", "log", "logs", "show", "open");
    public static readonly PaletteVerb ContainerShell = new("shell", "Open a shell in {0}", "square-terminal", "open", "terminal", "shell", "exec", "console");
    public static readonly PaletteVerb RestartContainer = new("restart", "Restart {0}", "rotate-cw", "restart", "reboot");
    public static readonly PaletteVerb StartContainer = new("start", "Start {0}", "play", "start", "run");
    public static readonly PaletteVerb StopContainer = new("stop", "Stop {0}", "square", "stop", "end");
    public static readonly PaletteVerb OpenStack = new("open", "{0}", "boxes", "open", "show", "go", "stack", "project") { IsUsual = true };
    public static readonly PaletteVerb OpenPlaybook = new("open", "{0}", "file-code", "open", "show", "edit", "playbook") { IsUsual = true };
    public static readonly PaletteVerb RunPlaybook = new("run", "Run {0}…", "play", "run", "start", "playbook");
    public static readonly PaletteVerb OpenSchedule = new("open", "{0}", "calendar-clock", "open", "show", "schedule") { IsUsual = true };
    public static readonly PaletteVerb RunSchedule = new("run", "Run {0} now", "play", "run", "start", "schedule");

    private static readonly (string Name, string Href, string Detail, string? Scope)[] Pages =
    [
        ("Overview", "/", "home start dashboard", null),
        ("Hosts", "/hosts", "machines servers", null),
        ("Add host", "/hosts/new", "new host", Scopes.HostsWrite),
        ("Import hosts", "/hosts/import", "ssh config inventory", Scopes.HostsWrite),
        ("Host keys", "/hosts/keys", "approve fingerprints", Scopes.HostsRead),
        ("Containers", "/containers", "docker", Scopes.DockerRead),
        ("Favourites", "/containers/favorites", "favorites containers services", Scopes.DockerRead),
        ("Stacks", "/stacks", "compose projects", Scopes.DockerRead),
        ("Images", "/images", "docker", Scopes.DockerRead),
        ("Volumes", "/volumes", "docker", Scopes.DockerRead),
        ("Clean up containers", "/containers/cleanup", "docker prune unused", Scopes.DockerRead),
        ("Terminals", "/terminals", "sessions shells", Scopes.SessionsRead),
        ("Terminal workspace", "/terminals/workspace", "sessions shells panes split", Scopes.SessionsExecute),
        ("Automation", "/automation", "ansible playbooks", Scopes.PlaybooksRead),
        ("Runs", "/automation/runs", "ansible playbook history", Scopes.PlaybooksRead),
        ("Schedules", "/schedules", "cron plan", Scopes.SchedulesRead),
        ("Add schedule", "/schedules/new", "new schedule cron", Scopes.SchedulesWrite),
        ("Alerts", "/alerts", "inbox troubles problems", Scopes.AlertsRead),
        ("Alert rules", "/alerts/rules", "thresholds", Scopes.AlertsRead),
        ("Command history", "/commands", "commands", Scopes.SessionsRead),
        ("Logs", "/logs", "audit activity events", Scopes.LogsRead),
        ("Settings", "/settings", "account password", null),
        ("API tokens", "/settings/tokens", "settings", null),
        ("Users", "/settings/users", "settings accounts people", Scopes.UsersRead),
        ("Add user", "/settings/users/new", "settings new account", Scopes.UsersWrite),
        ("Notifications", "/settings/notifications", "settings channels mail ntfy webhook", Scopes.SettingsRead),
        ("Command rules", "/settings/command-rules", "settings block", Scopes.SettingsRead),
        ("History kept", "/settings/history", "settings retention metrics", Scopes.SettingsRead),
        ("SSH key", "/settings/ssh-key", "settings public", null),
    ];

    /// <summary>To be made anew when something of it has changed.</summary>
    public static PaletteIndex Index(
        Caller caller, IReadOnlyDictionary<string, HostSummary> hosts, IEnumerable<ContainerSummary> containers, IEnumerable<StackSummary> stacks,
        IEnumerable<string> playbooks, IEnumerable<ScheduleRecord> schedules)
    {
        var items = new List<PaletteItem>();
        PaletteVerb[] page = [OpenPage];
        items.AddRange(Pages.Where(p => p.Scope is null || caller.Has(p.Scope)).Select(p => new PaletteItem("page:" + p.Href, p.Name, "page " + p.Detail, p.Href, page, 0)));

        var (terminal, write) = (caller.Has(Scopes.SessionsExecute), caller.Has(Scopes.HostsWrite));
        PaletteVerb[] away = [OpenHost, .. terminal ? [HostTerminal] : (PaletteVerb[])[], .. write ? [CheckHost] : (PaletteVerb[])[]];
        PaletteVerb[] there = [.. away, .. write ? [RestartHost, ShutDownHost] : (PaletteVerb[])[]];
        items.AddRange(hosts.Values.Where(h => h.DeletedAt is null)
            .Select(h => new PaletteItem("host:" + h.Id, h.Name, $"host {h.IpAddress} {h.AnsibleGroup}", h, h.Reachable ? there : away, 1)));

        var act = caller.Has(Scopes.DockerExecute);
        PaletteVerb[] seen = [OpenContainer, ContainerLogs];
        PaletteVerb[] up = [.. seen, .. act ? [RestartContainer, StopContainer, .. terminal ? [ContainerShell] : (PaletteVerb[])[]] : (PaletteVerb[])[]];
        PaletteVerb[] down = [.. seen, .. act ? [StartContainer] : (PaletteVerb[])[]];
        items.AddRange(containers.Select(c => new PaletteItem(
            $"container:{c.HostId}/{c.Name}", c.Name, $"container {c.ComposeProject} on {hosts.GetValueOrDefault(c.HostId)?.Name}", c, c.IsUp ? up : down, 3)));

        PaletteVerb[] stack = [OpenStack];
        items.AddRange(stacks.Select(s => new PaletteItem(
            $"stack:{s.HostId}/{s.Name}", s.Name, $"stack project on {hosts.GetValueOrDefault(s.HostId)?.Name}", s, stack, 4)));

        PaletteVerb[] playbook = [OpenPlaybook, .. caller.Has(Scopes.PlaybooksExecute) ? [RunPlaybook] : (PaletteVerb[])[]];
        items.AddRange(playbooks.Select(p => new PaletteItem("playbook:" + p, RunWords.Title(p), "playbook " + p, p, playbook, 2)));

        PaletteVerb[] schedule = [OpenSchedule, .. caller.Has(Scopes.SchedulesWrite) ? [RunSchedule] : (PaletteVerb[])[]];
        items.AddRange(schedules.Select(s => new PaletteItem("schedule:" + s.Id, s.Name, "schedule " + s.Playbook, s, schedule, 2)));
        return new(items);
    }

    /// <summary>Where a thing is looked at; null for what is done at once.</summary>
    public static string? HrefOf(PaletteHit hit) => (hit.Verb, hit.Item.Thing) switch
    {
        (_, string page) when hit.Verb == OpenPage => page,
        (_, HostSummary host) when hit.Verb == OpenHost => $"/hosts/{host.Id}",
        (_, HostSummary host) when hit.Verb == HostTerminal => $"/hosts/{host.Id}/terminal",
        (_, ContainerSummary container) when hit.Verb == OpenContainer => $"/containers/{container.Id}",
        (_, ContainerSummary container) when hit.Verb == ContainerLogs => $"/containers/{container.Id}/logs",
        (_, ContainerSummary container) when hit.Verb == ContainerShell => $"/containers/{container.Id}/shell",
        (_, StackSummary stack) when hit.Verb == OpenStack => StackLook.HrefOf(stack),
        (_, string playbook) when hit.Verb == OpenPlaybook => $"/automation/playbooks/{Uri.EscapeDataString(playbook)}",
        (_, ScheduleRecord schedule) when hit.Verb == OpenSchedule => $"/schedules/{schedule.Id}",
        _ => null,
    };
}
