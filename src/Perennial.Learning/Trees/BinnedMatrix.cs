using Perennial.Learning.Features;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Trees;

/// <summary>Binned features of some rows, a byte column a feature, and where each feature's bins lie in a histogram of all.</summary>
internal sealed class BinnedMatrix
{
    private readonly byte[][] _columns;
    private readonly FeatureBinning[] _binnings;
    private readonly int[] _offsets;

    /// <summary>Takes bins as they are.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="binnings">One a feature.</param>
    /// <param name="columns">A bin of every row, a column a feature.</param>
    public BinnedMatrix(int rowCount, FeatureBinning[] binnings, byte[][] columns)
    {
        RowCount = rowCount;
        _binnings = binnings;
        _columns = columns;
        _offsets = new int[binnings.Length + 1];
        for (var f = 0; f < binnings.Length; f++) _offsets[f + 1] = _offsets[f] + binnings[f].Width;
    }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>The number of features.</summary>
    public int FeatureCount => _columns.Length;

    /// <summary>The number of bins of all features.</summary>
    public int TotalBins => _offsets[^1];

    /// <summary>One feature's bin of every row.</summary>
    public byte[] Column(int feature) => _columns[feature];

    /// <summary>The number of words of eight features.</summary>
    public int GroupCount => (_columns.Length + HistogramKernel.Group - 1) / HistogramKernel.Group;

    /// <summary>How many features a group's words hold: eight, or what is left for the last.</summary>
    public int GroupWidth(int group) => Math.Min(HistogramKernel.Group, _columns.Length - HistogramKernel.Group * group);

    /// <summary>All binnings, one a feature.</summary>
    public FeatureBinning[] Binnings => _binnings;

    /// <summary>One feature's binning.</summary>
    public FeatureBinning Binning(int feature) => _binnings[feature];

    /// <summary>Where one feature's bins begin in a histogram of all features.</summary>
    public int Offset(int feature) => _offsets[feature];

    /// <summary>Fits bins on training rows and bins those rows.</summary>
    /// <param name="matrix">The training rows' features.</param>
    /// <param name="levelCodes">For each feature the number of its codes, or 0 where the feature is ordered.</param>
    /// <param name="maxBins">The most bins of values an ordered feature.</param>
    /// <param name="threads">How many threads may work; every feature is binned by one.</param>
    public static BinnedMatrix Fit(FeatureMatrix matrix, IReadOnlyList<int> levelCodes, int maxBins, int threads)
    {
        var binnings = new FeatureBinning[matrix.FeatureCount];
        Parallel.For(0, binnings.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, f => binnings[f] = levelCodes[f] > 0
            ? FeatureBinning.OfLevels(levelCodes[f])
            : FeatureBinning.OfValues(matrix.Column(f), maxBins));
        return Bin(matrix, binnings, threads);
    }

    /// <summary>Bins other rows with these bins.</summary>
    public BinnedMatrix BinLike(FeatureMatrix matrix, int threads) => Bin(matrix, _binnings, threads);

    private static BinnedMatrix Bin(FeatureMatrix matrix, FeatureBinning[] binnings, int threads)
    {
        var columns = new byte[matrix.FeatureCount][];
        Parallel.For(0, columns.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, f =>
        {
            columns[f] = HugePages.Advise(GC.AllocateUninitializedArray<byte>(matrix.RowCount));
            binnings[f].BinOf(matrix.Column(f), columns[f]);
        });
        return new BinnedMatrix(matrix.RowCount, binnings, columns);
    }
}
