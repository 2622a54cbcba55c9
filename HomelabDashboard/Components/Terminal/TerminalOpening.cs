using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features;
using HomelabDashboard.Features.Terminals;
using Radzen;

namespace HomelabDashboard.Components.Terminal;

internal enum TerminalPlace
{
    Tab,
    Right,
    Down,
    Instead,
}

/// <summary>Where a new terminal goes: beside, below or instead of one that is there, or into a tab of its own.</summary>
internal sealed record TerminalTarget(TerminalPlace Place, string? Of = null);

/// <summary>A terminal that was not opened because the person has as many as they may.</summary>
/// <param name="LongestIdle">Of theirs.</param>
/// <param name="Refused">In words.</param>
internal sealed record FullQuota(SessionSummary LongestIdle, Problem Refused, OpenSession Request, TerminalTarget Target);

/// <summary>
/// How a workspace comes by another terminal: the person is asked which, one is opened, and they are asked again where they have too many,
/// or another one open at the same place.
/// </summary>
/// <param name="isEmpty">Whether the workspace shows no terminal, and so the choice with what was refused.</param>
/// <param name="elsewhere">The person's own that are open and not in the workspace.</param>
/// <param name="attach">Puts one into the workspace.</param>
/// <param name="changed">Has the workspace drawn.</param>
internal sealed class TerminalOpening(
    TerminalService terminals, NotificationService notifications, Func<bool> isEmpty, Func<IEnumerable<SessionSummary>> elsewhere,
    Func<string, TerminalTarget, Task> attach, Action changed, CancellationToken stopping)
{
    /// <summary>For which place the person is choosing; null while they are not asked.</summary>
    public TerminalTarget? Choosing { get; private set; }

    /// <summary>Why the last one was not opened.</summary>
    public Problem? Problem { get; private set; }

    public FullQuota? Quota { get; private set; }

    /// <summary>One that was just opened, and another that was open at the same place.</summary>
    public (string Fresh, SessionSummary Other)? Offer { get; private set; }

    public bool IsBusy { get; private set; }

    public void Choose(TerminalTarget target)
    {
        (Choosing, Problem) = (target, null);
        changed();
    }

    /// <summary>A terminal was put into the workspace: nothing more is asked.</summary>
    public void Settle() => (Choosing, Offer) = (null, null);

    public void CancelChoice() => Choosing = null;

    public void CancelQuota() => Quota = null;

    public void CancelOffer() => Offer = null;

    /// <param name="offered">Those that are open already were offered.</param>
    public async Task OpenAsync(OpenSession request, TerminalTarget target, bool offered = false)
    {
        IsBusy = true;
        try
        {
            var opened = await terminals.OpenAsync(request, stopping);
            if (opened.Problem is { Code: "QUOTA_EXCEEDED" } full && await terminals.LongestIdleAsync() is { } idle)
            {
                Quota = new(idle, full, request, target);
                return;
            }

            await PlaceAsync(opened, target);
            if (opened.Succeeded && !offered && elsewhere().Where(s => s.HostId == request.HostId && s.ContainerId == request.ContainerId).MaxBy(s => s.LastInputAt) is { } other)
            {
                Offer = (opened.Value.Id, other);
            }
        }
        finally
        {
            IsBusy = false;
            changed();
        }
    }

    /// <summary>Ends the one that is idle longest and opens the one that was wanted.</summary>
    public async Task OpenInPlaceOfAsync(FullQuota full)
    {
        IsBusy = true;
        try
        {
            Quota = null;
            await PlaceAsync(await terminals.OpenInPlaceOfAsync(full.LongestIdle.Id, full.Request, stopping), full.Target);
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>Takes the other one instead of the one that was just opened.</summary>
    public async Task GiveUpAsync(string fresh, string other)
    {
        Offer = null;
        var given = await terminals.GiveUpForAsync(fresh, other);
        if (given.Succeeded)
        {
            await attach(other, new(TerminalPlace.Instead, fresh));
        }
        else
        {
            notifications.Failed(given.Problem);
        }
    }

    private async Task PlaceAsync(Result<OpenedSession> opened, TerminalTarget target)
    {
        Problem = opened.Problem;
        if (opened.Succeeded)
        {
            await attach(opened.Value.Id, target);
        }
        else if (!isEmpty() && Choosing is null)
        {
            notifications.Failed(opened.Problem);
        }
    }
}
