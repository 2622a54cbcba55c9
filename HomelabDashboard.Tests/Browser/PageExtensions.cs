using Microsoft.Playwright;

namespace HomelabDashboard.Tests.Browser;

/// <summary>What many tests do on a page.</summary>
public static class PageExtensions
{
    /// <summary>Fills in and sends the form that the page shows to who is not signed in.</summary>
    public static async Task SignInAsync(this IPage page, string username, string password)
    {
        await page.GetByLabel("Username").FillAsync(username);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
