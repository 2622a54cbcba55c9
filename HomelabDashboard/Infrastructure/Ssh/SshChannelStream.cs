namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>A channel as a stream, which it owns; its end is the end of the channel.</summary>
public sealed class SshChannelStream(SshChannel channel) : Stream
{
    private int _disposed;
    private bool _begun;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A command that ended without a word on its standard output has failed: what it wrote on standard error is the reason.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await channel.ReadAsync(buffer, cancellationToken);
            if (count == 0 && buffer.Length > 0 && !_begun && channel.Errors.Trim() is { Length: > 0 } errors)
            {
                throw new IOException(errors[(errors.LastIndexOf('\n') + 1)..]);
            }

            _begun |= count > 0;
            return count;
        }
        catch (ObjectDisposedException gone)
        {
            throw new IOException("The channel was closed.", gone);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await channel.WriteAsync(buffer, cancellationToken);
        }
        catch (ObjectDisposedException gone)
        {
            throw new IOException("The channel was closed.", gone);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await channel.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        // HttpClient closes its connections so. The host is told within a second, and nobody needs to wait for that.
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ = channel.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }
}
