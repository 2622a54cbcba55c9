using System.Text;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Terminals.Commands;

/// <summary>What is recorded of real shells, behind a real sshd.</summary>
public sealed class CommandRecordingTests
{
    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("/bin/zsh")]
    public async Task Commands_are_recorded_exactly_with_directory_exit_code_and_duration(string shell)
    {
        await using var lab = await CommandLab.StartAsync(shell, CommandLab.Prompts);
        var (session, window) = await lab.OpenAsync();
        Directory.CreateDirectory(Path.Combine(lab.Home, "a;b c"));
        string[] typed =
        [
            "echo \"it's; \\x3b\" 'q' $((6*7)) ü 中文",
            "false",
            "cd 'a;b c'",
            "pwd",
            "sleep 0.4",
            "for i in 1 2\ndo echo n$i\ndone",
            "(exit 7)",
        ];
        foreach (var command in typed)
        {
            await window.TypeAsync(command.Replace('\n', '\r') + "\r");
        }

        await window.TypeAsync(" echo hidden-by-a-space\r");
        await window.SeesAsync("hidden-by-a-space\r\n");
        await window.TypeAsync("\r\recho the last\r");
        var commands = await lab.CommandsAsync(session, typed.Length + 1);

        Assert.Equal([.. typed, "echo the last"], commands.Select(c => c.GetProperty("command").GetString()));
        Assert.Equal([0, 1, 0, 0, 0, 0, 7, 0], commands.Select(c => c.GetProperty("exit_code").GetInt32()));
        Assert.Equal([lab.Home, lab.Home, lab.Home, Path.Combine(lab.Home, "a;b c")], commands.Take(4).Select(c => c.GetProperty("directory").GetString()));
        Assert.InRange(commands[4].GetProperty("duration_ms").GetInt64(), 350, 5000);
        Assert.All(commands, c => Assert.Equal(("nas", "alice", lab.Host, "api", false), (
            c.GetProperty("host_name").GetString(), c.GetProperty("username").GetString(), c.GetProperty("host_id").GetString(),
            c.GetProperty("source").GetString(), c.GetProperty("is_blocked").GetBoolean())));
        Assert.Equal(8, (await lab.GetAsync($"sessions/{session}/stats")).GetProperty("commands").GetInt32());
    }

    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("/bin/zsh")]
    public async Task Passwords_forged_marks_and_other_programs_lines_are_not_recorded(string shell)
    {
        await using var lab = await CommandLab.StartAsync(shell, CommandLab.Prompts);
        await File.WriteAllBytesAsync(
            Path.Combine(lab.Home, "hostile"),
            Encoding.UTF8.GetBytes("\e]633;HomelabAsk\a\e]633;E;forged;;9\a\e]633;E;forged;0000;9\a\e]633;D;0;0000;9\a\e]633;P;Cwd=/forged;0000\a\e]633;HomelabNone\a"));
        var (session, window) = await lab.OpenAsync();

        await window.TypeAsync("read -rs pw; echo done$((1+1))\r");
        await window.SeesAsync("E;read");
        await window.TypeAsync("hunter2-typed\r");
        await window.SeesAsync("done2");
        await window.TypeAsync("cat hostile; echo se''en\r");
        await window.SeesAsync("seen\r\n");
        await window.TypeAsync("bash --norc --noprofile\r");
        await window.SeesAsync("bash-5");
        await window.TypeAsync("echo in''ner\r");
        await window.SeesAsync("inner\r\n");
        await window.TypeAsync("exit 3\r");
        await window.SeesAsync("D;3;");
        await window.TypeAsync("tool --password=hunter2-option\r");
        await window.SeesAsync("D;127;");
        await window.TypeAsync("export AWS_SECRET_ACCESS_KEY=hunter2-variable\recho half a line");
        await window.SeesAsync("half a line");
        await window.TypeAsync("\u0003");

        // Ctrl-C throws away what was typed after it too, as long as the prompt is not there again.
        await Until.TrueAsync(() => window.Text[window.Text.LastIndexOf("half a line", StringComparison.Ordinal)..].Contains("ready> ", StringComparison.Ordinal), "the prompt is there again");
        await window.TypeAsync("echo the last\r");
        var commands = await lab.CommandsAsync(session, 6);

        Assert.Equal(
            ["read -rs pw; echo done$((1+1))", "cat hostile; echo se''en", "bash --norc --noprofile", "tool --password=***", "export AWS_SECRET_ACCESS_KEY=***", "echo the last"],
            commands.Select(c => c.GetProperty("command").GetString()));
        Assert.Equal(3, commands[2].GetProperty("exit_code").GetInt32());
        Assert.Equal(127, commands[3].GetProperty("exit_code").GetInt32());

        // Not in any file of the data folder: neither the database nor a log.
        var sockets = Path.Combine(lab.App.Folder, "ssh", "run");
        foreach (var file in Directory.EnumerateFiles(lab.App.Folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "lock" && Path.GetExtension(f) != ".sock" && !f.StartsWith(sockets, StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain("hunter2", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("/bin/zsh")]
    public async Task A_blocked_command_is_not_run_and_says_why(string shell)
    {
        await using var lab = await CommandLab.StartAsync(shell, CommandLab.Prompts);
        await lab.PostAsync("command-rules", new { name = "No touching", pattern = "touch[[:space:]]+(must|shall)-not", reason = "Nicht berühren; it's $(precious).", hosts = new[] { lab.Host } });
        await lab.PostAsync("command-rules", new { name = "Elsewhere", pattern = "echo", reason = "Not here.", groups = new[] { "another" } });
        await lab.PostAsync("command-rules", new { name = "Off", pattern = "echo", reason = "Not now.", enabled = false });
        var (session, window) = await lab.OpenAsync();

        await window.TypeAsync("touch must-not\r");
        await window.SeesAsync("Nicht berühren; it's $(precious).");
        await window.TypeAsync("cd . && touch  shall-not | cat\r");
        await window.TypeAsync("for x in 1\rdo touch must-not-either\r");
        await window.TypeAsync(" touch must-not-hidden\r");
        await window.TypeAsync("touch may\r");
        var commands = await lab.CommandsAsync(session, 4);

        Assert.Equal(["may"], Directory.EnumerateFiles(lab.Home).Select(Path.GetFileName).Where(f => f!.Contains("may", StringComparison.Ordinal) || f.Contains("not", StringComparison.Ordinal)));
        Assert.Equal(["touch must-not", "cd . && touch  shall-not | cat", "for x in 1\ndo touch must-not-either", "touch may"], commands.Select(c => c.GetProperty("command").GetString()));
        Assert.Equal([true, true, true, false], commands.Select(c => c.GetProperty("is_blocked").GetBoolean()));
        Assert.All(commands.Take(3), c => Assert.Equal("Nicht berühren; it's $(precious).", c.GetProperty("blocked_reason").GetString()));
        Assert.Equal(3, (await lab.GetAsync("commands?blocked=true")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("/bin/dash")]
    [InlineData("ash")]
    public async Task In_another_shell_the_terminal_works_and_says_that_nothing_is_recorded(string shell)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-shell-");
        try
        {
            if (shell == "ash")
            {
                shell = Path.Combine(folder.FullName, "ash");
                File.CreateSymbolicLink(shell, "/bin/busybox");
            }

            await using var lab = await CommandLab.StartAsync(shell, CommandLab.Prompts);
            var (session, window) = await lab.OpenAsync();
            await Until.TrueAsync(() => lab.Broker.Find(session)!.CommandsRecorded == false, "the session knows that nothing is recorded");
            await window.TypeAsync("echo $((6*7))\r");
            await window.SeesAsync("42");
            Assert.Empty((await lab.GetAsync($"sessions/{session}/commands")).GetProperty("items").EnumerateArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Another_shell_in_the_place_of_the_first_is_not_recorded_and_the_terminal_says_so()
    {
        await using var lab = await CommandLab.StartAsync("/bin/bash", CommandLab.Prompts);
        var (session, window) = await lab.OpenAsync();
        await Until.TrueAsync(() => lab.Broker.Find(session)!.CommandsRecorded == true, "commands are recorded");
        await window.TypeAsync("exec bash --norc --noprofile\r");
        await Until.TrueAsync(() => lab.Broker.Find(session)!.CommandsRecorded == false, "commands are not recorded any more");
        await window.TypeAsync("echo ali''ve\r");
        await window.SeesAsync("alive\r\n");
    }

    [Fact]
    public async Task A_bash_login_is_as_it_is_without_the_dashboard()
    {
        const string Profile = """
            set -u
            PS1='ready> '
            PROMPT_COMMAND='LAST=$?; : "${COUNT:=0}"; COUNT=$((COUNT+1))'
            trap 'DEBUGGED=$((${DEBUGGED:-0}+1))' DEBUG
            HISTCONTROL=ignoreboth
            alias ll='ls -l'
            unset IFS
            export FROM_PROFILE=1
            """;
        await using var lab = await CommandLab.StartAsync(
            "/bin/bash", (".bash_profile", Profile), (".bash_logout", "echo fare''well; echo out >>~/logout\n"), (".bashrc", "echo not-guarded\n"));
        var plain = await LookAsync(lab, integrated: false);
        var ours = await LookAsync(lab, integrated: true);
        Assert.Equal(plain, ours);
        Assert.Equal(Profile, await File.ReadAllTextAsync(Path.Combine(lab.Home, ".bash_profile")));
        Assert.Equal("out\nout\n", await File.ReadAllTextAsync(Path.Combine(lab.Home, "logout")));
        Assert.Equal([".bash_history", ".bash_logout", ".bash_profile", ".bashrc", "logout"], Directory.EnumerateFileSystemEntries(lab.Home).Select(Path.GetFileName).Where(f => !f!.StartsWith("state", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>What a login shell finds, but for the numbers of processes and the like.</summary>
    private static async Task<string> LookAsync(CommandLab lab, bool integrated)
    {
        TestWindow window;
        if (integrated)
        {
            (_, window) = await lab.OpenAsync();
        }
        else
        {
            window = await lab.OpenPlainAsync();
        }

        var state = Path.Combine(lab.Home, "state" + integrated);
        await window.TypeAsync("mkdir -p ~/new ; true | (exit 4)\r");
        await window.TypeAsync("echo \"$? ${PIPESTATUS[*]} $_ $LAST\" >~/state\r");
        await window.TypeAsync("(exit 5)\r");
        await window.TypeAsync("{ echo \"$LAST $? $SHLVL $0 $SHELL $HISTFILE $- ${IFS-unset}\"; shopt; set +o; alias; trap -p; stty -a | tail -n +2; env | sort; history; tty | sed s/[0-9]*$//; } >>~/state\r");
        await window.TypeAsync("mv ~/state " + state + "; rmdir ~/new; logout\r");
        await window.SeesAsync("farewell");
        await window.EndsAsync();
        var lines = (await File.ReadAllLinesAsync(state)).Where(l => !l.StartsWith("SSH_", StringComparison.Ordinal));
        File.Delete(Path.Combine(lab.Home, ".bash_history"));
        File.Delete(state);
        await File.WriteAllTextAsync(Path.Combine(lab.Home, ".bash_history"), "");
        return string.Join('\n', lines).Replace(state, "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zsh_with_start_up_files_of_its_own_kind_is_recorded_and_nothing_is_left_behind()
    {
        await using var lab = await CommandLab.StartAsync(
            "/bin/zsh",
            (".zshenv", "export FROM_ZSHENV=1\n"),
            (".zprofile", "export FROM_ZPROFILE=1\n"),
            (".zshrc", "PS1='ready> '\nbindkey -v\nsetopt nounset hist_ignore_space\nprecmd() { LAST=$? }\nunsetopt prompt_sp\n"),
            (".zlogout", "echo fare''well\n"));
        var (session, window) = await lab.OpenAsync();
        await window.TypeAsync("(exit 9)\r");
        await window.TypeAsync("echo last=$LAST env=$FROM_ZSHENV$FROM_ZPROFILE dir=${ZDOTDIR-none} level=$SHLVL\r");
        await window.SeesAsync("last=9 env=11 dir=none level=1");
        await window.TypeAsync("[[ -o login ]] && exit 3\r");
        await window.SeesAsync("farewell");
        await window.EndsAsync();
        var commands = (await lab.GetAsync($"sessions/{session}/commands")).GetProperty("items").GetArrayLength();
        Assert.Equal(3, commands);
    }

    [Fact]
    public async Task A_burst_of_commands_is_recorded_in_order()
    {
        await using var lab = await CommandLab.StartAsync("/bin/bash", CommandLab.Prompts);
        var (session, window) = await lab.OpenAsync();
        await window.TypeAsync(string.Concat(Enumerable.Range(1, 300).Select(i => $": {i}\r")));
        await Until.TrueAsync(async () => (await lab.GetAsync($"sessions/{session}/stats")).GetProperty("commands").GetInt32() == 300, "300 commands are recorded");
        var commands = (await lab.GetAsync($"sessions/{session}/commands?limit=500")).GetProperty("items").EnumerateArray().Reverse();
        Assert.Equal(Enumerable.Range(1, 300).Select(i => $": {i}"), commands.Select(c => c.GetProperty("command").GetString()));
    }
}
