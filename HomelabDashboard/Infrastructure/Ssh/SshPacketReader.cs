using System.Buffers.Binary;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Reads the fields of a packet; past its end they are empty.</summary>
internal ref struct SshPacketReader(ReadOnlySpan<byte> packet)
{
    private readonly ReadOnlySpan<byte> _packet = packet;

    public int Position { get; private set; }

    public SshMessage Type()
    {
        Position = 2;
        return (SshMessage)_packet[1];
    }

    public uint Number()
    {
        var value = Position + 4 <= _packet.Length ? BinaryPrimitives.ReadUInt32BigEndian(_packet[Position..]) : 0;
        Position = Math.Min(Position + 4, _packet.Length);
        return value;
    }

    public void Flag() => Position = Math.Min(Position + 1, _packet.Length);

    public ReadOnlySpan<byte> Bytes()
    {
        var length = (int)Math.Min(Number(), (uint)(_packet.Length - Position));
        var value = _packet.Slice(Position, length);
        Position += length;
        return value;
    }
}
