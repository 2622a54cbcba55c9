using System.Diagnostics;

namespace HomelabDashboard.Tests.Support;

/// <summary>Waits for something to become true, and says what did not.</summary>
public static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task<T> NotNullAsync<T>(Func<Task<T?>> look, string what, TimeSpan? deadline = null)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < (deadline ?? Deadline))
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"It did not happen within {deadline ?? Deadline}: {what}.");
    }

    public static async Task TrueAsync(Func<Task<bool>> look, string what, TimeSpan? deadline = null) =>
        await NotNullAsync(async () => await look() ? "yes" : null, what, deadline);

    public static Task TrueAsync(Func<bool> look, string what, TimeSpan? deadline = null) =>
        TrueAsync(() => Task.FromResult(look()), what, deadline);
}
