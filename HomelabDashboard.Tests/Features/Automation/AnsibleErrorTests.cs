using System.Text;
using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Ansible's complaints are read as ansible-core until 2.18 writes them, and as it does since 2.19.</summary>
public sealed class AnsibleErrorTests : IDisposable
{
    private const string Old = """
        ERROR! We were unable to read either as JSON nor YAML, these are the errors we got from each:
        JSON: Expecting value: line 1 column 1 (char 0)

        Syntax Error while loading YAML.
          did not find expected ',' or ']'

        The error appears to be in '/srv/playbooks/broken.yml': line 4, column 1, but may
        be elsewhere in the file depending on the exact syntax problem.
        """;

    private const string New = """
        [ERROR]: YAML parsing failed: did not find expected ',' or ']'
        Origin: /srv/playbooks/broken.yml:4:1

        2   tasks:
        3     - name: [unclosed
        4
          ^ column 1
        """;

    private const string NewWithoutColumn = "[ERROR]: conflicting action statements: shell, command\nOrigin: /srv/playbooks/broken.yml:4\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-errors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Old, 4, 1)]
    [InlineData(New, 4, 1)]
    [InlineData(NewWithoutColumn, 4, null)]
    [InlineData("[ERROR]: something else\nOrigin: <unknown>\n", 1, 1)]
    public void A_syntax_check_names_the_place(string said, int line, int? column)
    {
        var issue = PlaybookLinter.SyntaxFault(said);
        Assert.Equal((line, column), (issue.Line, issue.Column));
    }

    [Theory]
    [InlineData(Old, "We were unable to read either as JSON nor YAML, these are the errors we got from each:")]
    [InlineData(New, "YAML parsing failed: did not find expected ',' or ']' (broken.yml:4:1)")]
    [InlineData("[ERROR]: no such thing\nOrigin: <unknown>\n", "no such thing")]
    [InlineData("[WARNING]: a warning\nOrigin: /srv/playbooks/x.yml:4:1\n", null)]
    public void The_last_complaint_of_a_run_is_known_with_its_place(string said, string? error)
    {
        using var writer = new RunWriter(new RunFiles(_folder), "run", long.MaxValue);
        var output = new RunOutput(writer, new RunProgress(new Dictionary<string, string>()), _ => null);
        foreach (var line in said.Split('\n'))
        {
            output.Take(Encoding.UTF8.GetBytes(line.Length == 0 ? line : $"\x1b[0;31m{line}\x1b[0m"), isError: true);
        }

        Assert.Equal(error, output.LastError);
    }
}
