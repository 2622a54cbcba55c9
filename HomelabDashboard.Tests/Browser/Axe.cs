using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>
/// axe's rules over a page without frames. The script is put into a document once; the package's own call puts it in anew each time and
/// gathers the frames' results in a page of its own, which takes longer than all else that is done with a page.
/// </summary>
internal static class Axe
{
    private static readonly string Script = Read();

    /// <param name="type"><c>tag</c> or <c>rule</c>: of what <paramref name="values"/> are the names.</param>
    /// <returns>What breaks a rule, in words, with the first elements that do.</returns>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, string type, IReadOnlyList<string> values)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Script);
        }

        var violations = await page.EvaluateAsync<JsonElement>(
            "runOnly => axe.run(document, { runOnly, resultTypes: ['violations'] }).then(r => r.violations)", new { type, values });
        return [.. violations.EnumerateArray().Select(Describe)];
    }

    private static string Describe(JsonElement violation) => $"{violation.GetProperty("id")}: {violation.GetProperty("help")}" + string.Concat(
        violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => $"\n    {node.GetProperty("html")} {node.GetProperty("failureSummary")}"));

    private static string Read()
    {
        using var script = new StreamReader(typeof(AxeResult).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!);
        return script.ReadToEnd();
    }
}
