using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>A host on the page of keys: what it offers, or why it offers nothing.</summary>
public sealed class HostKeyRow(HostSummary host)
{
    private enum Step
    {
        ToAsk,
        Asking,
        Answered,
    }

    private Step _step;
    private bool _wayWasOpen;

    public HostSummary Host { get; private set; } = host;

    public OfferedHostKey? Offered { get; private set; }

    /// <summary>Why it offers nothing, in words.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Why its key was not approved when somebody wanted to, in words.</summary>
    public string? Refused { get; private set; }

    public bool ToAsk => _step == Step.ToAsk && !Host.HostKeyApproved;

    public bool CanApprove => Offered is not null && !Host.HostKeyApproved;

    public StatusLook Look => this switch
    {
        { Host.HostKeyApproved: true } => StatusLook.Of(Host.Status),
        { Offered: not null } => new(StatusShape.Warn, "To approve"),
        { _step: Step.Answered } => new(StatusShape.Idle, "Does not answer"),
        _ => new(StatusShape.Run, "Asking"),
    };

    /// <summary>Takes up the host as it is now.</summary>
    /// <param name="host">The same host.</param>
    /// <param name="wayOpen">Whether its jump host is connected.</param>
    /// <returns>Whether it is to be asked anew.</returns>
    public bool See(HostSummary host, bool wayOpen)
    {
        var opened = wayOpen && !_wayWasOpen && Trouble is not null;
        var moved = (host.IpAddress, host.SshPort, host.ProxyJump) != (Host.IpAddress, Host.SshPort, Host.ProxyJump);
        (Host, _wayWasOpen) = (host, wayOpen);
        if (opened || moved)
        {
            AskAgain();
        }

        return ToAsk;
    }

    public void AskAgain()
    {
        if (!Host.HostKeyApproved && _step == Step.Answered)
        {
            (_step, Offered, Trouble, Refused) = (Step.ToAsk, null, null, null);
        }
    }

    public void Begin() => _step = Step.Asking;

    public void Take(Result<HostKeyState> answer)
    {
        _step = Step.Answered;
        Offered = answer.Value?.Offered;
        Trouble = Offered is null ? answer.Problem?.Message ?? answer.Value?.OfferError ?? $"{Host.Name} did not show its key." : null;
    }

    public void Approved(Result result)
    {
        if (result.Problem?.Code == "HOST_KEY_MISMATCH")
        {
            AskAgain();
        }

        Refused = result.Problem?.Message;
    }
}
