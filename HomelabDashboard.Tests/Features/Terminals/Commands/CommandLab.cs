using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Terminals.Commands;

/// <summary>The whole program and a host behind a real sshd, with a login shell of the test's choice and start-up files of its own.</summary>
internal sealed class CommandLab : IAsyncDisposable
{
    private readonly TerminalsHarness _harness = new();
    private readonly List<TestWindow> _windows = [];

    private CommandLab(SshServer server) => Server = server;

    public SshServer Server { get; }

    public TestApp App => _harness.App;

    public TerminalBroker Broker => _harness.Broker;

    public string Home => Server.Environment["HOME"];

    public HttpClient Admin { get; private set; } = null!;

    public string Host { get; private set; } = null!;

    /// <param name="shell">The path of the login shell.</param>
    /// <param name="files">Start-up files, by name in the home.</param>
    public static async Task<CommandLab> StartAsync(string shell, params (string Name, string Text)[] files)
    {
        var lab = new CommandLab(await SshServer.StartAsync());
        try
        {
            lab.Server.Environment["SHELL"] = shell;
            lab.Server.Environment["LANG"] = "C.UTF-8";
            await lab.Server.StopAsync();
            await lab.Server.RestartAsync();
            foreach (var (name, text) in files)
            {
                await File.WriteAllTextAsync(Path.Combine(lab.Home, name), text);
            }

            lab.Admin = await lab.App.ProgramAsync(UserRole.Admin);
            lab.Server.Authorize((await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!);
            lab.Host = (await lab.PostAsync("hosts", new { name = "nas", ip_address = lab.Server.Address, ssh_port = lab.Server.Port, ssh_user = lab.Server.User })).GetProperty("id").GetString()!;
            await lab.Admin.PostAsJsonAsync($"/api/v1/hosts/{lab.Host}/host-key/approve", new { fingerprint = lab.Server.Fingerprint });
            await Until.TrueAsync(() => lab._harness.Get<LiveStore<string, HostSummary>>().Get(lab.Host)?.Status == HostStatus.Online, "the host is connected");
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Start-up files that give bash and zsh the prompt <c>ready> </c>.</summary>
    public static (string Name, string Text)[] Prompts => [(".bash_profile", "cd; PS1='ready> '\n"), (".zshrc", "cd; PS1='ready> '\nunsetopt prompt_sp\n"), (".profile", "cd; PS1='ready> '\n")];

    /// <summary>A terminal on the host, at its first prompt.</summary>
    public async Task<(string Session, TestWindow Window)> OpenAsync(string prompt = "ready> ")
    {
        var opened = await PostAsync("sessions", new { host_id = Host });
        var window = await TestWindow.AttachAsync(
            await _harness.ConnectAsync(Admin.DefaultRequestHeaders.Authorization!), opened.GetProperty("connect_ticket").GetString()!, 200, 30);
        _windows.Add(window);
        await window.SeesAsync(prompt);
        return (opened.GetProperty("id").GetString()!, window);
    }

    /// <summary>A terminal on the host as it is without the integration.</summary>
    public async Task<TestWindow> OpenPlainAsync(string prompt = "ready> ")
    {
        var terminal = await _harness.OpenAsync([.. Get<HostConnections>().ShellCommand(Host).Value!]);
        var window = await _harness.AttachAsync(terminal, 200, 30);
        _windows.Add(window);
        await window.SeesAsync(prompt);
        return window;
    }

    /// <summary>The commands of a session, oldest first, once there are that many and all of them have ended.</summary>
    public async Task<IReadOnlyList<JsonElement>> CommandsAsync(string session, int count)
    {
        IReadOnlyList<JsonElement> commands = [];
        try
        {
            await Until.TrueAsync(
                async () =>
                {
                    await _harness.Get<CommandLog>().FlushAsync(CancellationToken.None);
                    commands = [.. (await GetAsync($"sessions/{session}/commands")).GetProperty("items").EnumerateArray().Reverse()];
                    return commands.Count >= count
                        && commands.All(c => c.GetProperty("is_blocked").GetBoolean() || c.GetProperty("exit_code").ValueKind == JsonValueKind.Number);
                },
                $"{count} commands are recorded");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"There are only: {string.Join('\n', commands)}\n{_windows[^1].Text}");
        }

        return commands;
    }

    public async Task<JsonElement> GetAsync(string path) => await Admin.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Admin.PostAsJsonAsync($"/api/v1/{path}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public T Get<T>()
        where T : notnull => _harness.Get<T>();

    public async ValueTask DisposeAsync()
    {
        foreach (var window in _windows)
        {
            await window.DisposeAsync();
        }

        Admin?.Dispose();
        await _harness.DisposeAsync();
        await Server.DisposeAsync();
    }
}
