namespace Perennial.Learning.Onnx.Scoring;

/// <summary>What is wrong with one node; whoever knows the node turns it into an <see cref="OnnxFormatException"/> that names it.</summary>
internal sealed class GraphFault(string message) : Exception(message);
