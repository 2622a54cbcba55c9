using System.Diagnostics;
using HomelabDashboard.Infrastructure.Ansible;

namespace HomelabDashboard.Tests.Infrastructure.Ansible;

/// <summary>The callback plugin under real Ansible.</summary>
public sealed class CallbackTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("homelab-callback-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_run_that_nobody_listens_to_any_more_goes_on_to_its_end()
    {
        var folder = new AnsibleFolder(_root);
        await folder.WriteInventoryAsync("""{"_meta": {"hostvars": {}}, "all": {"hosts": ["here"]}}""", CancellationToken.None);
        var (playbook, unheard, end) = (Path.Combine(_root, "play.yml"), Path.Combine(_root, "unheard"), Path.Combine(_root, "end"));
        await File.WriteAllTextAsync(playbook, $$$"""
            - name: Go on
              hosts: all
              connection: local
              gather_facts: false
              tasks:
                - name: Wait until nobody listens
                  ansible.builtin.wait_for:
                    path: {{{unheard}}}
                    timeout: 30
                - name: Say a lot
                  ansible.builtin.debug:
                    msg: "{{ 'x' * 3000 }}"
                  loop: "{{ range(30) | list }}"
                - name: Come to the end
                  ansible.builtin.copy:
                    content: here
                    dest: {{{end}}}
                    mode: "0600"
            """);
        var start = new ProcessStartInfo(new AnsiblePrograms().Playbook!, [$"--inventory={folder.Inventory}", "--", playbook])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        AnsibleEnvironment.Set(start.Environment, folder.NewTemporary(), folder);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            Assert.Contains("\"e\": \"play\"", await process.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
            process.StandardOutput.Close();
            process.StandardError.Close();
            await File.WriteAllTextAsync(unheard, "");
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.Equal((0, "here"), (process.ExitCode, await File.ReadAllTextAsync(end)));
    }
}
