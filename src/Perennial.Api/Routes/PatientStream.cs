namespace Perennial.Api.Routes;

/// <summary>A stream to a reader that is given up when it takes nothing for a while. It is written in small pieces, so that a slow reader is none that sleeps.</summary>
/// <param name="inner">The reader's end; it stays open.</param>
/// <param name="patience">So long may one piece take.</param>
/// <param name="clock">Where that is measured.</param>
public sealed class PatientStream(Stream inner, TimeSpan patience, TimeProvider clock) : Stream
{
    private const int PieceBytes = 16 * 1024;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The reader took too long.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(PieceBytes, buffer.Length)..])
        {
            var piece = buffer[..Math.Min(PieceBytes, buffer.Length)];
            await InTime(token => inner.WriteAsync(piece, token), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => InTime(token => new ValueTask(inner.FlushAsync(token)), cancellationToken);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is written asynchronously.");

    private async Task InTime(Func<CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await write(either.Token);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The reader took nothing for {patience.TotalSeconds} s and was given up.", e);
        }
    }
}
