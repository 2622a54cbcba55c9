using System.Buffers.Binary;
using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Builds a packet: its length, for a channel message a zero for the padding and the type, then the fields.</summary>
internal sealed class SshPacketWriter
{
    private readonly List<byte> _bytes = new(64) { 0, 0, 0, 0 };

    public SshPacketWriter()
    {
    }

    public SshPacketWriter(SshMessage type) => _bytes.AddRange([0, (byte)type]);

    public SshPacketWriter Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public SshPacketWriter Flag(bool value)
    {
        _bytes.Add(value ? (byte)1 : (byte)0);
        return this;
    }

    public SshPacketWriter Bytes(ReadOnlySpan<byte> value)
    {
        Number((uint)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public SshPacketWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public byte[] ToMemory()
    {
        var packet = _bytes.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(packet.Length - 4));
        return packet;
    }
}
