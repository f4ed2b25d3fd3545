namespace Perennial.Learning.Reading.Chunks;

/// <summary>Which worker holds which rows of the file: each worker keeps its rows in order, numbered from 0.</summary>
internal sealed class RowMap
{
    private readonly List<RowPiece> _pieces = [];
    private readonly Dictionary<int, List<RowPiece>> _ofWorker = [];

    public int Rows { get; private set; }

    /// <summary>Runs of rows of one worker, in the order of the file.</summary>
    public IReadOnlyList<RowPiece> Pieces => _pieces;

    /// <summary>Adds the rows that follow in the file.</summary>
    public void Append(int worker, int firstOfWorker, int rows)
    {
        if (rows == 0) return;
        if (!_ofWorker.TryGetValue(worker, out var own)) _ofWorker.Add(worker, own = []);
        if (_pieces.Count > 0 && _pieces[^1] is var last && last.Worker == worker && last.FirstOfWorker + last.Rows == firstOfWorker)
        {
            _pieces[^1] = own[^1] = last with { Rows = last.Rows + rows };
        }
        else
        {
            var piece = new RowPiece(Rows, worker, firstOfWorker, rows);
            _pieces.Add(piece);
            own.Add(piece);
        }
        Rows = checked(Rows + rows);
    }

    /// <summary>The row of the file that a worker's row is.</summary>
    public int ToFile(int worker, int row)
    {
        var own = _ofWorker[worker];
        var (low, high) = (0, own.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (own[middle].FirstOfWorker <= row) low = middle;
            else high = middle - 1;
        }
        return own[low].First + (row - own[low].FirstOfWorker);
    }

    /// <summary>The rows of the file in pieces of at most so many rows.</summary>
    public List<RowPiece> Split(int atMost)
    {
        var parts = new List<RowPiece>();
        foreach (var piece in _pieces)
        {
            for (var done = 0; done < piece.Rows; done += atMost)
                parts.Add(new RowPiece(piece.First + done, piece.Worker, piece.FirstOfWorker + done, Math.Min(atMost, piece.Rows - done)));
        }
        return parts;
    }
}

/// <summary>Rows that follow one another both in the file and at their worker.</summary>
/// <param name="First">The first one's row in the file.</param>
/// <param name="Worker">The worker.</param>
/// <param name="FirstOfWorker">The first one's row at the worker.</param>
/// <param name="Rows">How many.</param>
internal readonly record struct RowPiece(int First, int Worker, int FirstOfWorker, int Rows);
