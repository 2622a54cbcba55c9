using System.Globalization;
using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class ContainerTroublesTests
{
    private static readonly string Id = new('a', 64);

    private readonly ContainerTroubles _troubles = new(new() { HoldSeconds = 10 });
    private DateTime _now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void What_was_stopped_when_we_first_looked_is_not_news()
    {
        See("exited", exitCode: 1);
        After(60);
        Nothing();
    }

    [Fact]
    public void A_container_that_ends_badly_is_told_after_the_hold_time_and_no_more_once_it_runs()
    {
        See("running");
        Die(137);
        See("exited", exitCode: 137);
        After(9);
        Nothing();
        After(1);
        Is(ContainerTroubleKind.Exited, DockerAlertSeverity.Critical, "ended unexpectedly with code 137");
        Event("start");
        See("running");
        Nothing();
    }

    [Fact]
    public void A_fast_restart_is_not_told_and_three_are_a_loop_until_it_has_run_for_a_while()
    {
        See("running");
        for (var i = 1; i <= 3; i++)
        {
            Die(1);
            Event("start");
            After(1);
            if (i < 3)
            {
                Nothing();
            }
        }

        Is(ContainerTroubleKind.Restarting, DockerAlertSeverity.Critical, "keeps restarting: it ended 3 times within 5 minutes, last with code 1");
        See("running");
        After(200);
        Assert.Single(_troubles.At(_now));
        After(110);
        Nothing();
    }

    [Theory]
    [InlineData("15", false)]
    [InlineData("9", false)]
    [InlineData("1", true)]
    public void What_somebody_asked_for_is_expected(string signal, bool told)
    {
        See("running");
        Event("kill", ("signal", signal));
        After(5);
        Die(137);
        See("exited", exitCode: 137);
        After(20);
        Assert.Equal(told, _troubles.At(_now).Count == 1);
    }

    [Fact]
    public void What_the_dashboard_itself_is_about_to_end_is_expected_once()
    {
        See("running");
        _troubles.Expect(Id);
        Event("start");
        After(3600);
        Die(137);
        See("exited", exitCode: 137);
        After(20);
        Nothing();
        _troubles.ExpectNoMore(Id, _now);
        Event("start");
        Die(137);
        After(20);
        Assert.Single(_troubles.At(_now));
    }

    [Fact]
    public void What_the_dashboard_did_not_end_after_all_is_told_when_it_ends()
    {
        See("running");
        _troubles.Expect(Id);
        After(60);
        _troubles.ExpectNoMore(Id, _now);
        After(11);
        Die(137);
        After(20);
        Assert.Single(_troubles.At(_now));
    }

    [Fact]
    public void A_job_that_is_done_is_no_trouble()
    {
        Event("start");
        See("running");
        Die(0);
        See("exited", exitCode: 0);
        After(60);
        Nothing();
    }

    [Fact]
    public void One_that_was_asked_to_end_is_no_trouble_where_its_engine_does_not_tell_that()
    {
        See("running");
        Die(143);
        See("exited", exitCode: 143);
        After(60);
        Nothing();
    }

    [Fact]
    public void An_update_of_a_project_is_no_trouble()
    {
        See("running");
        Event("kill", ("signal", "15"));
        Die(143);
        Event("destroy");
        _troubles.Seen([Container("running") with { ContainerId = new string('b', 64) }], isAll: true, _now);
        After(60);
        Nothing();
    }

    [Fact]
    public void Unhealthy_is_told_and_ends_with_its_health()
    {
        See("running", ContainerHealth.Unhealthy);
        After(10);
        Is(ContainerTroubleKind.Unhealthy, DockerAlertSeverity.Warning, "is unhealthy: its own check fails");
        _troubles.Dismiss("web");
        See("running", ContainerHealth.Unhealthy);
        After(60);
        Nothing();
        See("running", ContainerHealth.Healthy);
        See("running", ContainerHealth.Unhealthy);
        After(10);
        Assert.Single(_troubles.At(_now));
    }

    [Fact]
    public void Memory_that_is_full_is_named()
    {
        See("running");
        Event("oom");
        Die(137);
        After(10);
        Is(ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical, "was ended because its memory was full");

        // An engine that starts it again at once leaves no time to see it down.
        Event("start");
        See("running");
        Is(ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical, "was ended because its memory was full, and runs again");
        After(300);
        Nothing();
    }

    [Fact]
    public void A_process_whose_memory_was_full_long_ago_does_not_explain_an_end_of_today()
    {
        See("running");
        Event("oom");
        After(3600);
        Die(1);
        After(10);
        Is(ContainerTroubleKind.Exited, DockerAlertSeverity.Critical, "ended unexpectedly with code 1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Memory_that_was_full_is_told_by_the_container_too(bool heard)
    {
        See("running");
        if (heard)
        {
            Die(137);
            After(1);
        }

        SeeOom();
        After(10);
        Is(ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical, "was ended because its memory was full");
        _troubles.Dismiss("web");
        SeeOom();
        After(10);
        Nothing();
    }

    [Fact]
    public void A_container_whose_memory_was_full_before_we_first_looked_is_not_news()
    {
        SeeOom();
        After(1);
        SeeOom();
        After(60);
        Nothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_vanished_while_nobody_listened_is_told_until_another_has_its_name(bool isAll)
    {
        See("running");
        _troubles.Seen([], isAll: true, _now);
        After(10);
        Is(ContainerTroubleKind.Gone, DockerAlertSeverity.Warning, "is gone: it ran, and was removed while nobody watched");
        _troubles.Seen([Container("running") with { ContainerId = new string('b', 64) }], isAll, _now);
        Nothing();
    }

    private static ContainerSummary Container(string state, ContainerHealth? health = null, int? exitCode = null) =>
        new(1, "h", Id, "web", null, state, null, health, null, [], new Dictionary<string, string>(), null, default) { ExitCode = exitCode };

    [Fact]
    public void What_an_event_tells_is_newer_than_what_was_asked_before_it()
    {
        See("running");
        var asked = _now;
        After(1);
        Event("kill", ("signal", "9"));
        Die(137);
        After(1);
        _troubles.Seen([Container("running")], isAll: true, _now, asked);
        See("exited", exitCode: 137);
        After(60);
        Nothing();
    }

    private void See(string state, ContainerHealth? health = null, int? exitCode = null) => _troubles.Seen([Container(state, health, exitCode)], isAll: true, _now);

    private void SeeOom() => _troubles.Seen([Container("exited", exitCode: 137) with { OomKilled = true }], isAll: true, _now);

    private void Die(int code) => Event("die", ("exitCode", code.ToString(CultureInfo.InvariantCulture)));

    private void Event(string action, params (string Key, string Value)[] attributes) => _troubles.Happened(
        new() { Type = "container", Action = action, Actor = new(Id, attributes.Append(("name", "web")).ToDictionary(a => a.Item1, a => a.Item2)) }, _now);

    private void After(int seconds) => _now = _now.AddSeconds(seconds);

    private void Nothing() => Assert.Empty(_troubles.At(_now));

    private void Is(ContainerTroubleKind kind, DockerAlertSeverity severity, string message) => Assert.Equal(new ContainerTrouble("web", kind, severity, message), Assert.Single(_troubles.At(_now)));
}
