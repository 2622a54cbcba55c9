namespace HomelabDashboard.Features.Hosts;

/// <param name="Type">Such as <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint"><c>SHA256:…</c> as OpenSSH prints it.</param>
public sealed record OfferedHostKey(string Type, string Fingerprint);

public sealed record PinnedHostKey(string Type, string Fingerprint, DateTime ApprovedAt, string ApprovedBy);

/// <param name="Offered">What the host offered just now; null when it did not answer.</param>
/// <param name="Pinned">What was approved; null before that.</param>
/// <param name="OfferError">Why nothing was offered, in words.</param>
public sealed record HostKeyState(OfferedHostKey? Offered, PinnedHostKey? Pinned, string? OfferError);
