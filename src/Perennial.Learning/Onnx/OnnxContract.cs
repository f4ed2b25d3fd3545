namespace Perennial.Learning.Onnx;

/// <summary>The names and versions that exported graphs keep to; docs/onnx.md describes them.</summary>
internal static class OnnxContract
{
    public const string MlDomain = "ai.onnx.ml";
    public const string MicrosoftDomain = "com.microsoft";
    public const string Producer = "perennial";
    public const int IrVersion = 8;
    public const int Opset = 17;
    public const int MlOpset = 3;
    public const int MicrosoftOpset = 1;

    public const string Batch = "rows";
    public const string Scores = "scores";
    public const string Label = "label";

    /// <summary>Begins every generated name; a column whose name begins so is given a generated name as an input.</summary>
    public const string Reserved = "perennial/";

    public const string ClassesKey = "perennial.classes";
    public const string ColumnsKey = "perennial.columns";
    public const string TaskKey = "perennial.task";

    /// <summary>A timestamp input's mark of a missing value.</summary>
    public const long MissingSeconds = long.MinValue;

    /// <summary>A categorical input's mark of a missing value.</summary>
    public const string MissingText = "";
}
