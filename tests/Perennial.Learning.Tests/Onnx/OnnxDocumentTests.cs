using Perennial.Learning.Onnx.Scoring;

namespace Perennial.Learning.Tests.Onnx;

public sealed class OnnxDocumentTests
{
    [Fact]
    public void The_page_lists_exactly_the_supported_operators()
    {
        var page = Documents.Read("onnx.md");
        var start = page.IndexOf("Supported: ", StringComparison.Ordinal) + "Supported: ".Length;
        var listed = page[start..page.IndexOf("\n\n", start, StringComparison.Ordinal)].Replace('\n', ' ').TrimEnd('.').Split(", ");
        Assert.Equal(OperatorRegistry.Names, listed);
    }
}
