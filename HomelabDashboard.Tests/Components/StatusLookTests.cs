using Bunit;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Tests.Components;

public sealed class StatusLookTests : BunitContext
{
    public static TheoryData<Type> Statuses => [typeof(HostStatus), typeof(OperationStatus), typeof(SessionStatus)];

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Every_status_has_a_word_of_its_own(Type status)
    {
        var words = Enum.GetValues(status).Cast<Enum>().Select(s => StatusLook.Of(s).Word).ToList();

        Assert.All(words, word => Assert.NotEmpty(word));
        Assert.Equal(words.Count, words.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_status_without_a_look_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => StatusLook.Of(DayOfWeek.Friday));

    [Fact]
    public void The_mark_shows_shape_and_word()
    {
        var mark = Render<StatusMark>(p => p.Add(m => m.Status, HostStatus.KeyChanged));

        mark.MarkupMatches("""<span class="st crit">Key changed</span>""");
    }

    [Fact]
    public void A_look_of_its_own_replaces_that_of_the_status()
    {
        var mark = Render<StatusMark>(p => p.Add(m => m.Status, HostStatus.Online).Add(m => m.Look, new StatusLook(StatusShape.Warn, "Disk filling")));

        mark.MarkupMatches("""<span class="st warn">Disk filling</span>""");
    }
}
