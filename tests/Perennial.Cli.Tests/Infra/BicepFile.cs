namespace Perennial.Cli.Tests.Infra;

/// <summary>What a Bicep file declares and refers to, as far as that can be told without Azure's types.</summary>
internal sealed class BicepFile
{
    private static readonly HashSet<string> Keywords = ["param", "var", "resource", "module", "output", "targetScope", "existing", "for", "in", "if", "true", "false", "null", "string", "int", "bool", "object", "array"];
    private readonly List<BicepToken> _tokens;

    private BicepFile(string path, string text)
    {
        Path = path;
        Text = text;
        _tokens = BicepToken.Read(text);
        Declare();
        Refer();
    }

    /// <summary>The path below <c>infra</c>.</summary>
    public string Path { get; }

    /// <summary>Everything.</summary>
    public string Text { get; }

    /// <summary>Parameters, and whether each has a default.</summary>
    public Dictionary<string, bool> Parameters { get; } = [];

    /// <summary>Variables.</summary>
    public HashSet<string> Variables { get; } = [];

    /// <summary>Resources with their type and API version.</summary>
    public Dictionary<string, string> Resources { get; } = [];

    /// <summary>Modules with their path.</summary>
    public Dictionary<string, string> Modules { get; } = [];

    /// <summary>What each module is given.</summary>
    public Dictionary<string, List<string>> Given { get; } = [];

    /// <summary>Outputs.</summary>
    public HashSet<string> Outputs { get; } = [];

    /// <summary>Names that stand for something declared in the file.</summary>
    public HashSet<string> References { get; } = [];

    /// <summary>Functions and decorators that are called.</summary>
    public HashSet<string> Calls { get; } = [];

    /// <summary>Outputs of modules that are read.</summary>
    public HashSet<(string Module, string Output)> Reads { get; } = [];

    /// <summary>Names of loops.</summary>
    public HashSet<string> LoopVariables { get; } = [];

    /// <summary>A file of the repository.</summary>
    public static BicepFile Open(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(InfraFolder.Path, path)));

    /// <summary>Something else.</summary>
    /// <exception cref="FormatException">It is not Bicep.</exception>
    public static BicepFile Parse(string text) => new("text", text);

    private string At(int index) => index >= 0 && index < _tokens.Count ? _tokens[index].Text : "\n";

    private void Declare()
    {
        var depth = 0;
        for (var i = 0; i < _tokens.Count; i++)
        {
            var text = At(i);
            if (text is "{" or "(" or "[") depth++;
            else if (text is "}" or ")" or "]") depth--;
            else if (text == "for" && _tokens[i].IsWord) Loop(i + 1);
            else if (depth == 0 && _tokens[i].IsWord && At(i - 1) == "\n") Declaration(i);
        }
    }

    private void Declaration(int at)
    {
        var name = At(at + 1);
        var isNew = At(at) switch
        {
            "param" => Parameters.TryAdd(name, At(at + 3) == "="),
            "var" => Variables.Add(name),
            "resource" => Resources.TryAdd(name, At(at + 2)),
            "module" => Modules.TryAdd(name, At(at + 2)),
            "output" => Outputs.Add(name),
            "targetScope" => true,
            var other => throw new FormatException($"line {_tokens[at].Line}: '{other}' declares nothing"),
        };
        if (!isNew) throw new FormatException($"line {_tokens[at].Line}: '{name}' is declared twice");
        if (At(at) == "module") Given[name] = Keys(at, "params");
    }

    private void Loop(int at)
    {
        for (; At(at) != "in"; at++)
        {
            if (at >= _tokens.Count) throw new FormatException("a loop has no 'in'");
            if (_tokens[at].IsWord) LoopVariables.Add(At(at));
        }
    }

    // The keys of the first object of that name after a place.
    private List<string> Keys(int at, string name)
    {
        while (at < _tokens.Count && !(At(at) == name && At(at + 1) == ":" && At(at + 2) == "{")) at++;
        var keys = new List<string>();
        var depth = 0;
        for (at += 2; at < _tokens.Count; at++)
        {
            if (At(at) is "{" or "(" or "[") depth++;
            else if (At(at) is "}" or ")" or "]") depth--;
            else if (depth == 1 && IsKey(at)) keys.Add(At(at));
            if (depth == 0) break;
        }
        return keys;
    }

    private bool IsKey(int at) => _tokens[at].IsWord && At(at + 1) == ":" && At(at - 1) is "\n" or "{" or ",";

    private void Refer()
    {
        for (var i = 0; i < _tokens.Count; i++)
        {
            if (!_tokens[i].IsWord || At(i - 1) is "." or ".?" or "::" || IsKey(i)) continue;
            var word = At(i);
            if (At(i + 1) == "(" && word is not ("if" or "for")) Calls.Add(word);
            else if (!Keywords.Contains(word) && !IsDeclared(i)) References.Add(word);
            var dot = At(i + 1) == "!" ? i + 2 : i + 1;
            if (At(dot) == "." && At(dot + 1) == "outputs") Reads.Add((word, At(dot + 3)));
        }
    }

    private bool IsDeclared(int at) => At(at - 2) == "\n" && At(at - 1) is "param" or "var" or "resource" or "module" or "output";
}
