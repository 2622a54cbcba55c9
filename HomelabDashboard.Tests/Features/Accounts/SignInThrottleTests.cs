using System.Net;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Accounts;

public sealed class SignInThrottleTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.7");

    private readonly ManualTime _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new(_time);

    [Fact]
    public void The_tenth_failure_locks_the_name_from_everywhere_for_fifteen_minutes()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(_throttle.Begin("Ada", IPAddress.Parse($"192.0.2.{i}")));
        }

        Assert.Equal(TimeSpan.FromMinutes(15), _throttle.Begin("ada", Here));
        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(TimeSpan.FromMinutes(1), _throttle.Begin("ADA", Here));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_throttle.Begin("ada", Here));
    }

    [Fact]
    public void The_tenth_failure_locks_the_address_for_every_name()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(_throttle.Begin($"name{i}", Here));
        }

        Assert.NotNull(_throttle.Begin("ada", Here));
        Assert.NotNull(_throttle.Begin("ada", Here.MapToIPv6()));
        Assert.Null(_throttle.Begin("ada", IPAddress.Parse("192.0.2.8")));
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_count_as_one()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(_throttle.Begin($"name{i}", IPAddress.Parse($"2001:db8::{i}")));
        }

        Assert.NotNull(_throttle.Begin("ada", IPAddress.Parse("2001:db8::ffff")));
        Assert.Null(_throttle.Begin("ada", IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void Old_failures_do_not_count()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Null(_throttle.Begin("ada", Here));
            _time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public void A_success_clears_the_name_but_an_own_account_does_not_clear_the_address()
    {
        for (var i = 0; i < 9; i++)
        {
            Assert.Null(_throttle.Begin("ada", Here));
        }

        Assert.Null(_throttle.Begin("mallory", Here));
        _throttle.Succeeded("mallory", Here);
        Assert.Null(_throttle.Begin("ada", Here));
        Assert.NotNull(_throttle.Begin("grace", Here));
    }

    [Fact]
    public void Tries_at_once_are_counted_before_they_are_made()
    {
        var begun = 0;
        Parallel.For(0, 200, _ =>
        {
            if (_throttle.Begin("ada", Here) is null)
            {
                Interlocked.Increment(ref begun);
            }
        });
        Assert.Equal(SignInThrottle.MostFailures, begun);
    }

    [Fact]
    public void Memory_is_bounded_and_a_lock_outlives_a_flood_of_names()
    {
        for (var i = 0; i < 10; i++)
        {
            _throttle.Begin("ada", null);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < SignInThrottle.MostRemembered * 2; i++)
        {
            _throttle.Begin($"name{i}", null);
        }

        Assert.True(_throttle.Remembered <= SignInThrottle.MostRemembered);
        Assert.NotNull(_throttle.Begin("ada", null));
    }
}
