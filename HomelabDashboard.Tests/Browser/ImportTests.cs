using System.Globalization;
using HomelabDashboard.Tests.Support;
using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>A whole lab taken over in a real browser: paste, preview, import, approve all keys, and every host is online.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ImportTests(BrowserFixture browser) : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private SshServer _server = null!;
    private RunningDashboard _dashboard = null!;
    private ApiClient _api = null!;
    private IBrowserContext _context = null!;
    private IPage _page = null!;

    public async Task InitializeAsync()
    {
        _server = await SshServer.StartAsync("127.0.0.41", "127.0.0.42", "127.0.0.43", "127.0.0.44");
        _dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = "ada", ["HOMELAB_ADMIN_PASSWORD"] = Password });
        _api = await ApiClient.SignInAsync(_dashboard.Address, "ada", Password);
        _server.Authorize(await _api.PublicKeyAsync());
        _context = await browser.NewContextAsync();
        _page = await _context.NewPageAsync();
        await _page.GotoAsync(Url("/login"));
        await _page.SignInAsync("ada", Password);
        await Assertions.Expect(_page.GetByText("No hosts yet")).ToBeVisibleAsync();
    }

    public async Task DisposeAsync()
    {
        await _context.DisposeAsync();
        _api.Dispose();
        await _dashboard.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_pasted_config_is_previewed_imported_approved_at_once_and_online()
    {
        var port = _server.Port.ToString(CultureInfo.InvariantCulture);
        var config = $"""
            Host nas web db
              User {_server.User}
            Host nas
              HostName 127.0.0.41
            Host web
              HostName 127.0.0.42
            Host behind
              HostName 127.0.0.43
              User {_server.User}
              ProxyJump nas
            Host gone
              HostName 127.0.0.45
            Host *
              Port {port}
            Match user nobody
            """;
        await _page.GetByRole(AriaRole.Link, new() { Name = "Import many" }).ClickAsync();
        var text = _page.GetByLabel("Your ~/.ssh/config");

        // What cannot be read says where, and the text stays to be mended.
        await text.FillAsync("Host a\n  Port many\n");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Line 2: A port is a number from 1 to 65535.");
        Assert.Empty((await _api.GetAsync("hosts")).GetProperty("items").EnumerateArray());

        // A long text comes through as a whole: more than one message to the server may have.
        await text.FillAsync(config + "\n" + "# " + new string('x', 100_000));
        await _page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Assertions.Expect(_page.GetByText("5 new · 0 changed · 0 the same · 1 skipped")).ToBeVisibleAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Region, new() { Name = "Skipped lines" })).ToContainTextAsync("Match is not followed");
        Assert.Empty((await _api.GetAsync("hosts")).GetProperty("items").EnumerateArray());
        await _page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        // All keys on one page. What does not answer says so, and what lies behind another host follows once that is connected.
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Host keys to approve" })).ToBeVisibleAsync();
        await Assertions.Expect(Row("nas")).ToContainTextAsync(_server.Fingerprint);
        await Assertions.Expect(Row("web")).ToContainTextAsync(_server.Fingerprint);
        await Assertions.Expect(Row("gone")).ToContainTextAsync("the connection was refused");
        await Assertions.Expect(Row("behind")).ToContainTextAsync("reached through nas, which is not connected");
        Assert.Equal(0, _server.Logins);
        await ApproveAllAsync();
        await Assertions.Expect(Row("nas")).ToContainTextAsync("Online");
        await Assertions.Expect(Row("web")).ToContainTextAsync("Online");
        await Assertions.Expect(Row("behind")).ToContainTextAsync(_server.Fingerprint);
        await ApproveAllAsync();
        await Assertions.Expect(Row("behind")).ToContainTextAsync("Online");
        await Assertions.Expect(Row("gone")).ToContainTextAsync("Does not answer");
    }

    [Fact]
    public async Task An_uploaded_config_with_its_included_file_is_taken_over_and_edited_together()
    {
        await _page.GotoAsync(Url("/hosts/import"));
        await _page.GetByLabel("Or upload it").SetInputFilesAsync(new FilePayload[]
        {
            new() { Name = "config", MimeType = "text/plain", Buffer = "Include conf.d/*\nHost *\n  User ada\n"u8.ToArray() },
            new() { Name = "lab.conf", MimeType = "text/plain", Buffer = "Host one\n  HostName 127.0.0.44\nHost two\n  HostName 127.0.0.45\n"u8.ToArray() },
        });
        await Assertions.Expect(_page.GetByText("config, lab.conf will be read")).ToBeVisibleAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Assertions.Expect(_page.GetByText("2 new · 0 changed · 0 the same · 0 skipped")).ToBeVisibleAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Heading, new() { Name = "Host keys to approve" })).ToBeVisibleAsync();

        await _page.GotoAsync(Url("/hosts"));
        await _page.GetByLabel("Select all").CheckAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Edit…" }).ClickAsync();
        await _page.GetByLabel("Add tags").FillAsync("rack-1, spare");
        await _page.GetByLabel("Group", new() { Exact = true }).FillAsync("lab");
        await _page.GetByLabel("Connection").SelectOptionAsync("off");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(_page.GetByText("2 hosts changed.")).ToBeVisibleAsync();
        await Assertions.Expect(_page.Locator("tr", new() { HasText = "one" })).ToContainTextAsync("Disabled");
        await _page.GetByRole(AriaRole.Navigation, new() { Name = "Filter by tag" }).GetByText("spare").ClickAsync();
        await _page.GetByRole(AriaRole.Link, new() { Name = "Groups", Exact = true }).ClickAsync();
        await _page.ReloadAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Columnheader, new() { Name = "lab" })).ToBeVisibleAsync();

        await _page.GetByLabel("Select all").CheckAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        await _page.GetByLabel("Type 2 hosts").FillAsync("2 hosts");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Delete hosts" }).ClickAsync();
        await Until.TrueAsync(async () => (await _api.GetAsync("hosts")).GetProperty("items").GetArrayLength() == 0, "both are gone");
    }

    private ILocator Row(string name) => _page.Locator("tbody tr", new() { Has = _page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) });

    private async Task ApproveAllAsync()
    {
        await _page.GetByLabel("Select all", new() { Exact = true }).CheckAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
    }

    private string Url(string path) => new Uri(_dashboard.Address, path).ToString();
}
