using Bunit;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace HomelabDashboard.Tests.Components;

public sealed class LiveComponentTests : BunitContext
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public void It_follows_its_store_until_it_is_gone()
    {
        var store = new LiveStore<string, string>(TimeProvider.System);
        store.Set("a", "one");
        var shown = Render<Shown>(p => p.Add(c => c.Store, store));
        shown.WaitForAssertion(() => Assert.Equal("a=one", shown.Markup), Deadline);

        store.Set("b", "two");
        shown.WaitForAssertion(() => Assert.Equal("a=one b=two", shown.Markup), Deadline);

        store.Remove("a");
        shown.WaitForAssertion(() => Assert.Equal("b=two", shown.Markup), Deadline);
    }

    [Fact]
    public async Task Nothing_of_it_runs_after_its_disposal()
    {
        var store = new LiveStore<string, string>(TimeProvider.System);
        var shown = Render<Shown>(p => p.Add(c => c.Store, store));
        store.Set("a", "one");
        shown.WaitForAssertion(() => Assert.Equal("a=one", shown.Markup), Deadline);

        await shown.Instance.DisposeAsync();
        var batches = shown.Instance.Batches;
        store.Set("a", "two");
        await shown.Instance.DisposeAsync();

        Assert.True(shown.Instance.Ended.IsCancellationRequested);
        Assert.Equal(batches, shown.Instance.Batches);
        Assert.Equal(1, shown.Instance.Endings);
    }

    [Fact]
    public async Task What_is_read_anew_is_read_once_at_a_time_and_once_more()
    {
        var readings = new Queue<TaskCompletionSource>();
        var shown = Render<Reader>(p => p.Add(c => c.Load, () =>
        {
            readings.Enqueue(new());
            return readings.Peek().Task;
        }));
        await shown.InvokeAsync(() =>
        {
            for (var i = 0; i < 5; i++)
            {
                shown.Instance.Read();
            }
        });
        var first = Assert.Single(readings);
        readings.Clear();
        await shown.InvokeAsync(first.SetResult);
        shown.WaitForAssertion(() => Assert.Single(readings), Deadline);
        var last = readings.Dequeue();
        await shown.InvokeAsync(last.SetResult);
        Assert.Empty(readings);
    }

    [Fact]
    public async Task A_fault_of_what_nobody_waits_for_reaches_the_error_boundary()
    {
        var page = Render<ErrorBoundary>(p => p
            .AddChildContent<Reader>(r => r.Add(c => c.Load, () => Task.FromException(new InvalidOperationException("It broke."))))
            .Add(b => b.ErrorContent, fault => builder => builder.AddContent(0, fault.Message)));
        var reader = page.FindComponent<Reader>();
        await reader.InvokeAsync(reader.Instance.Read);
        page.WaitForAssertion(() => Assert.Equal("It broke.", page.Markup), Deadline);
    }

    [Fact]
    public void A_fault_of_a_watch_reaches_the_error_boundary()
    {
        var store = new LiveStore<string, string>(TimeProvider.System);
        var page = Render<ErrorBoundary>(p => p
            .AddChildContent<Reader>(r => r.Add(c => c.Store, store))
            .Add(b => b.ErrorContent, fault => builder => builder.AddContent(0, fault.Message)));
        store.Set("a", "one");
        page.WaitForAssertion(() => Assert.Equal("It broke.", page.Markup), Deadline);
    }

    internal sealed class Reader : LiveComponent
    {
        [Parameter]
        public Func<Task> Load { get; set; } = () => Task.CompletedTask;

        [Parameter]
        public LiveStore<string, string>? Store { get; set; }

        public void Read() => Reload(Load);

        protected override void OnInitialized()
        {
            if (Store is not null)
            {
                Watch(Store, batch => batch.Count == 0 ? false : throw new InvalidOperationException("It broke."));
            }
        }
    }

    internal sealed class Shown : LiveComponent
    {
        private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

        [Parameter, EditorRequired]
        public required LiveStore<string, string> Store { get; set; }

        public int Batches { get; private set; }

        public int Endings { get; private set; }

        public CancellationToken Ended { get; private set; }

        protected override void OnInitialized()
        {
            Ended = Stopping;
            Watch(Store, batch =>
            {
                Batches++;
                foreach (var (key, value) in batch)
                {
                    if (value is null)
                    {
                        _values.Remove(key);
                    }
                    else
                    {
                        _values[key] = value;
                    }
                }

                return true;
            });
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddContent(0, string.Join(' ', _values.Select(v => $"{v.Key}={v.Value}")));

        protected override ValueTask OnDisposeAsync()
        {
            Endings++;
            return ValueTask.CompletedTask;
        }
    }
}
