using HomelabDashboard.Features.Terminals;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class ConnectTicketsTests
{
    private readonly ManualTime _clock = new();
    private readonly ConnectTickets _tickets;

    public ConnectTicketsTests() => _tickets = new ConnectTickets(_clock);

    [Fact]
    public void A_ticket_is_good_once()
    {
        var (ticket, hash) = _tickets.Issue("s1", 1);
        Assert.Equal(64, hash.Length);
        Assert.DoesNotContain(hash, ticket, StringComparison.Ordinal);
        Assert.Equal("s1", _tickets.Redeem(ticket, 1));
        Assert.Null(_tickets.Redeem(ticket, 1));
    }

    [Fact]
    public void A_ticket_dies_after_thirty_seconds()
    {
        var (fresh, _) = _tickets.Issue("s1", 1);
        _clock.Advance(TimeSpan.FromSeconds(28));
        Assert.NotNull(_tickets.Redeem(fresh, 1));

        var (stale, _) = _tickets.Issue("s1", 1);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(_tickets.Redeem(stale, 1));
    }

    [Fact]
    public void Another_user_s_ticket_is_refused_and_used_up()
    {
        var (ticket, _) = _tickets.Issue("s1", 1);
        Assert.Null(_tickets.Redeem(ticket, 2));
        Assert.Null(_tickets.Redeem(ticket, 1));
    }

    [Fact]
    public void Several_windows_can_hold_tickets_at_once_but_not_any_number()
    {
        var issued = Enumerable.Range(0, ConnectTickets.MaxUnused + 1).Select(_ => _tickets.Issue("s1", 1).Ticket).ToList();
        Assert.Null(_tickets.Redeem(issued[0], 1));
        Assert.All(issued.Skip(1), t => Assert.Equal("s1", _tickets.Redeem(t, 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s1")]
    [InlineData("s1.")]
    [InlineData(".00000000000000000000000000")]
    [InlineData("s1.00000000000000000000000000")]
    [InlineData("s2.00000000000000000000000000")]
    public void What_was_never_issued_is_refused(string presented)
    {
        _tickets.Issue("s1", 1);
        Assert.Null(_tickets.Redeem(presented, 1));
    }

    [Fact]
    public void The_tickets_of_a_session_go_with_it()
    {
        var (ticket, _) = _tickets.Issue("s1", 1);
        _tickets.Forget("s1");
        Assert.Null(_tickets.Redeem(ticket, 1));
    }
}
