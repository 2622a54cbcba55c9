using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>A run can be followed from anywhere, also after a break.</summary>
public sealed class RunFollowingTests
{
    [Fact]
    public async Task Whoever_follows_a_run_gets_each_event_once_also_after_a_break()
    {
        await using var lab = await AutomationLab.StartAsync("nas", "one-web");
        lab.Write("short.yml", "- name: Short\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n    - name: Rest\n      ansible.builtin.command: sleep 1\n      changed_when: false\n");
        var task = await lab.RunAsync("short.yml", new { target = "all" });
        var all = await FollowAsync(lab, task, null);
        Assert.Equal("completed", (await lab.GetAsync($"tasks/{task}")).GetProperty("status").GetString());
        Assert.Equal(("end", "completed"), (all[^1].Type, all[^1].Data.GetProperty("status").GetString()));
        Assert.Single(all, e => e.Type == "play");
        Assert.Equal(["Ping", "Rest"], all.Where(e => e.Type == "task").Select(e => e.Data.GetProperty("name").GetString()));
        Assert.Equal(4, all.Count(e => e.Type == "result" && e.Data.GetProperty("status").GetString() == "ok"));
        Assert.Single(all, e => e.Type == "stats");
        var lines = Lines(all).ToList();
        Assert.Equal((await lab.GetAsync($"tasks/{task}/output?limit=2000")).GetProperty("lines").EnumerateArray().Select(l => l.GetString()), lines);
        var middle = all[all.Count / 2];
        var rest = await FollowAsync(lab, task, middle.Id);
        Assert.Equal(Told(all).Skip(Count(middle.Id, 0)), Told(rest));
        Assert.Equal(lines.Skip(Count(middle.Id, 1)), Lines(rest));
        Assert.Equal(all[^1].Id, rest[^1].Id);
        using var none = await lab.Api.GetAsync("/api/v1/tasks/none/events");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        static IEnumerable<string> Told(IEnumerable<(string Type, string Id, JsonElement Data)> events) => events.Where(e => e.Type is not ("output" or "end")).Select(e => e.Data.ToString());

        static IEnumerable<string?> Lines(IEnumerable<(string Type, string Id, JsonElement Data)> events) =>
            events.Where(e => e.Type == "output").SelectMany(e => e.Data.GetProperty("lines").EnumerateArray().Select(l => l.GetString()));

        static int Count(string id, int part) => int.Parse(id.Split(':')[part], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<List<(string Type, string Id, JsonElement Data)>> FollowAsync(AutomationLab lab, string task, string? after)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tasks/{task}/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var answer = await lab.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        var told = new List<(string, string, JsonElement)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            told.Add((item.EventType, item.EventId!, JsonSerializer.Deserialize<JsonElement>(item.Data)));
        }

        return told;
    }
}
