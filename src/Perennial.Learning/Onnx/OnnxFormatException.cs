namespace Perennial.Learning.Onnx;

/// <summary>Bytes that are not an ONNX model that can be run here; the message names the field, node or operator.</summary>
public sealed class OnnxFormatException : Exception
{
    /// <summary>Says what is wrong and where.</summary>
    public OnnxFormatException(string message) : base(message) { }

    /// <summary>Says what is wrong and where, and what lay behind it.</summary>
    public OnnxFormatException(string message, Exception inner) : base(message, inner) { }
}
