using System.Globalization;
using System.Text;
using Perennial.Api.Tests.Support;

namespace Perennial.Api.Tests;

/// <summary>Bad input by name: each file is refused with its place and a reason, nothing is registered, and the host goes on serving.</summary>
public sealed class BadUploadTests
{
    private const string Header = "age,plan,churned\n";

    public static TheoryData<string, byte[], string> Files() => new()
    {
        { "an empty file", [], "empty" },
        { "a header only", Utf8(Header), "not one row under it" },
        { "a ragged row", Utf8(Header + Good(40) + "1,2\n"), "line 42" },
        { "a quote that never closes", Utf8(Header + Good(40) + "1,\"pro,true\n" + Good(3)), "line 42" },
        { "a NUL byte", Utf8(Header + Good(40) + "1,p\0ro,true\n"), "line 42" },
        { "UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Header + Good(40))], "UTF-8" },
        { "invalid UTF-8", [.. Utf8(Header + Good(40)), .. "1,p"u8, 0xFF, .. "ro,true\n"u8], "line 42" },
        { "duplicate header names", Utf8("age,age,churned\n" + Good(40)), "age" },
        { "an empty header name", Utf8("age,,churned\n" + Good(40)), "header" },
        { "a missing label", Utf8("age,plan,left\n" + Good(40)), "churned" },
        { "a constant label", Utf8(Header + string.Concat(Enumerable.Repeat("1,pro,true\n", 40))), "churned" },
        { "a label that is unique per row", Utf8(Header + string.Concat(Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},pro,name {i}\n")))), "churned" },
        { "fewer rows than the split needs", Utf8(Header + Good(3)), "row" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_bad_file_is_refused_by_name(string what, byte[] content, string expected)
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models/churn/datasets?name=people.csv");
        request.Content = new ByteArrayContent(content) { Headers = { ContentType = new("text/csv") } };

        var (status, type, body) = await host.Send(request);

        Assert.Equal((400, "application/problem+json"), (status, type));
        var text = body!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.True(text.Contains(expected, StringComparison.OrdinalIgnoreCase), $"{what}: '{expected}' is not in {text}");
        Assert.Contains("people.csv", text, StringComparison.Ordinal);
        Assert.Empty((await host.Send(HttpMethod.Get, "/api/models/churn/datasets")).Body!.AsArray());
        Assert.Equal(200, (await host.Send(HttpMethod.Get, "/api/health")).Status);
    }

    [Fact]
    public async Task A_line_of_200_MB_is_refused_after_a_little_of_it()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models/churn/datasets?name=long.csv");
        request.Content = new StreamContent(new LongLine(200 * 1024 * 1024)) { Headers = { ContentType = new("text/csv") } };

        var (status, _, body) = await host.Send(request);

        Assert.Equal(400, status);
        Assert.Contains("line 2", body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_another_media_type_is_refused()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);

        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/datasets", "x", "application/octet-stream");

        Assert.Equal((415, "wrong-media-type"), (status, (string?)body!["code"]));
    }

    [Fact]
    public async Task Bytes_that_are_no_parquet_are_refused_as_such()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);

        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/datasets?name=rows.parquet", Header + Good(40), "application/vnd.apache.parquet");

        Assert.Equal((400, "not-parquet"), (status, (string?)body!["code"]));
    }

    [Fact]
    public async Task A_million_categories_in_a_column_are_text_and_no_feature()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        var csv = new StringBuilder("age,plan,city,note,churned\n");
        var rows = Some.Rows(300).Split('\n')[1..^1];
        for (var i = 0; i < 100_000; i++)
        {
            var row = rows[i % rows.Length];
            var label = row.LastIndexOf(',');
            csv.Append(row.AsSpan(0, label)).Append(CultureInfo.InvariantCulture, $",note number {i}").Append(row.AsSpan(label)).Append('\n');
        }

        var dataset = await host.Client.Upload(Some.Model, "notes.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())));

        Assert.Equal(Learning.Frames.ColumnType.Text, dataset.Columns.Single(c => c.Name == "note").Type);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Good(int rows) =>
        string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{20 + i},{(i % 2 == 0 ? "pro" : "basic")},{(i % 3 == 0 ? "true" : "false")}\n")));

    /// <summary>A header and one line of x, made as it is read.</summary>
    private sealed class LongLine(long length) : Stream
    {
        private static readonly byte[] Start = "age,churned\n"u8.ToArray();
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _position);
            for (var i = 0; i < read; i++, _position++) buffer[offset + i] = _position < Start.Length ? Start[_position] : (byte)'x';
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
