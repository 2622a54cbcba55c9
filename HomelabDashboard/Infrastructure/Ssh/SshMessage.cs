namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Of RFC 4254 and RFC 4250.</summary>
internal enum SshMessage : byte
{
    ChannelOpen = 90,
    ChannelOpenConfirmation = 91,
    ChannelOpenFailure = 92,
    WindowAdjust = 93,
    Data = 94,
    ExtendedData = 95,
    EndOfFile = 96,
    Close = 97,
    Request = 98,
    Success = 99,
    Failure = 100,
}
