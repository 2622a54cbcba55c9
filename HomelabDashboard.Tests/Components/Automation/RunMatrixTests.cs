using Bunit;
using HomelabDashboard.Components.Pages.Automation;
using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Tests.Components.Automation;

public sealed class RunMatrixTests : BunitContext
{
    public RunMatrixTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Of_many_tasks_so_many_are_shown_at_a_time_and_all_can_be_turned_to()
    {
        var matrix = Render<RunMatrix>(p => p.Add(m => m.Tree, Tree(130)));
        Assert.Equal(("Tasks 1 to 60 of 130", "task 1", "task 60"), Shown());
        Button("Later").Click();
        Assert.Equal(("Tasks 61 to 120 of 130", "task 61", "task 120"), Shown());
        Button("Later").Click();
        Assert.Equal(("Tasks 121 to 130 of 130", "task 121", "task 130"), Shown());
        Assert.True(Button("Later").HasAttribute("disabled"));
        Button("Earlier").Click();
        Button("Earlier").Click();
        Assert.True(Button("Earlier").HasAttribute("disabled"));

        (string, string, string) Shown()
        {
            var names = matrix.FindAll("thead th").Select(h => h.TextContent).SkipLast(1).ToList();
            return (matrix.Find("[aria-live]").TextContent, names[0], names[^1]);
        }

        AngleSharp.Dom.IElement Button(string text) => matrix.FindAll("button").Single(b => b.TextContent == text);
    }

    [Fact]
    public void While_it_goes_on_the_newest_are_shown_until_a_person_turns_to_others()
    {
        var matrix = Render<RunMatrix>(p => p.Add(m => m.Tree, Tree(61)).Add(m => m.IsOpen, true));
        Assert.Equal("Tasks 61 to 61 of 61", matrix.Find("[aria-live]").TextContent);
        matrix.Render(p => p.Add(m => m.Tree, Tree(121)));
        Assert.Equal("Tasks 121 to 121 of 121", matrix.Find("[aria-live]").TextContent);
        matrix.FindAll("button").Single(b => b.TextContent == "Earlier").Click();
        matrix.Render(p => p.Add(m => m.Tree, Tree(200)));
        Assert.Equal("Tasks 61 to 120 of 200", matrix.Find("[aria-live]").TextContent);
    }

    [Fact]
    public void Few_tasks_need_no_turning() => Assert.Empty(Render<RunMatrix>(p => p.Add(m => m.Tree, Tree(60))).FindAll("[aria-live]"));

    private static RunTree Tree(int tasks) => new(
        [new("play", [.. Enumerable.Range(1, tasks).Select(n => new RunTask($"task {n}", "ping", false, n, null, [new(RunState.Ok, 1, n, null)]))])],
        [new("nas", null, default, new(tasks, 0, 0, 0, 0, 0, 0), null, null)]);
}
