using Radzen;

namespace HomelabDashboard.Components.Shared;

public static class DialogServiceExtensions
{
    /// <summary>Asks, and answers true only when the action's own button was pressed.</summary>
    public static async Task<bool> ConfirmAsync(this DialogService dialogs, Confirmation question) =>
        await dialogs.OpenAsync<ConfirmDialog>(
            question.Title,
            new Dictionary<string, object?> { [nameof(ConfirmDialog.Question)] = question },
            new DialogOptions { Width = "440px", CloseDialogOnEsc = true, CloseDialogOnOverlayClick = true }) is true;
}
