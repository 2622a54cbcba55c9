using Bunit;
using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Components;

public sealed class OperationOutputViewTests : IAsyncDisposable
{
    private const int Lines = 400;

    private readonly TestApp _app = TestApp.Start(services: s => s.AddSingleton<IOperationHandler, Talk>());

    [Fact]
    public async Task Each_line_is_shown_once_whenever_the_operation_ends() => await _app.AsAsync(UserRole.Admin, async services =>
    {
        await using var page = new BunitContext();
        page.Services.AddSingleton(services.GetRequiredService<OperationService>());
        var queue = services.GetRequiredService<OperationQueue>();
        var expected = string.Concat(Enumerable.Range(1, Lines).Select(i => $"line {i}\n"));
        for (var i = 0; i < 12; i++)
        {
            var id = (await queue.EnqueueAsync("talk", $"thing:{i}", null, TestApp.AdminName, CancellationToken.None)).Value!.Id;
            var view = page.Render<OperationOutputView>(p => p.Add(v => v.OperationId, id).Add(v => v.Title, "Talk"));
            view.WaitForAssertion(() => Assert.EndsWith($"line {Lines}\n", view.Find("pre").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
            await Until.TrueAsync(async () => (await services.GetRequiredService<OperationService>().GetAsync(id, CancellationToken.None)).Value is { IsOpen: false }, "it is over");
            view.WaitForAssertion(() => Assert.Equal(expected, view.Find("pre").TextContent), TimeSpan.FromSeconds(20));
            await view.Instance.DisposeAsync();
            Assert.Equal(expected, view.Find("pre").TextContent);
        }

        return true;
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Talk(OperationOutputs outputs) : IOperationHandler
    {
        public string Kind => "talk";

        public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
        {
            for (var i = 1; i <= Lines; i++)
            {
                outputs.Write(operation.Id, $"line {i}");
                await Task.Delay(i % 100 == 0 ? 40 : 0, cancellationToken);
            }

            return null;
        }
    }
}
