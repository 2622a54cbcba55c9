using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Whoever follows a run gets all of it, however much there is at once.</summary>
public sealed class RunTellingTests : IDisposable
{
    private const int Events = 12_000;
    private const int Lines = 1_300;

    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-telling-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData("7000:1200", 7000, 1200)]
    public async Task Nothing_is_left_out_between_two_looks(string? after, int events, int lines)
    {
        var files = new RunFiles(_folder);
        using (var writer = new RunWriter(files, "run", long.MaxValue))
        {
            for (var i = 0; i < Events; i++)
            {
                writer.Event(new RunEvent { E = "start", Host = $"host-{i}", Task = "task" }.ToJson());
            }

            for (var i = 0; i < Lines; i++)
            {
                writer.Line("a line"u8);
            }
        }

        var ended = new RunRecord("run", "playbook_run", "x.yml", "all", AutomationTaskStatus.Completed, default, null, null, null, null, new RunRequest("x.yml", "all"), null);
        var hosts = new List<string>();
        var said = 0;
        string? last = null;
        await foreach (var item in RunTelling.TellAsync(files, "run", after, () => Task.FromResult<RunRecord?>(ended), TimeProvider.System, CancellationToken.None))
        {
            last = item.EventId;
            if (item.EventType == "start")
            {
                hosts.Add(item.Data.GetProperty("host").GetString()!);
            }
            else if (item.EventType == "output")
            {
                said += item.Data.GetProperty("lines").GetArrayLength();
            }
        }

        Assert.Equal(Enumerable.Range(events, Events - events).Select(i => $"host-{i}"), hosts);
        Assert.Equal((Lines - lines, $"{Events}:{Lines}"), (said, last));
    }
}
