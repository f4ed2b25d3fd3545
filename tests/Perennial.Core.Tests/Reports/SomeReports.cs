using Perennial.Core.Data;
using Perennial.Core.Evaluation;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Reports;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Reports;

/// <summary>Runs and passes as they really look, for pages to show.</summary>
internal static class SomeReports
{
    private static readonly DateTimeOffset Start = new(1998, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static RunReportInput Run(string column = "Wildlife Species") => new(
        new RunRecord("run-bird-strike-000003", "bird-strike", 3, RunStatus.Succeeded,
            [new RunTrigger(RunTriggerKind.Drift, "Aircraft Airline Operator has drifted: PSI 0.33 over 836 rows of the last 365 days.", "monitor", Start, null, "drift-7")],
            ContentHash.Of("dataset"u8), Start, Start.AddSeconds(9.6), Stages(), Version: 2, Champion: 1,
            Conclusion: "Version 2 beats champion 1 by 0.021 ROC AUC on the newest rows and goes into shadow", Progress: ContentHash.Of("details"u8)),
        new RunDetails(Findings(column), Profiles(column), "3,210 train, 688 validation, 688 test rows, by time: the newest judge", Trials(), 4, Evaluation(column)),
        Versions());

    public static RunReportInput FailedRun() => new(
        new RunRecord("run-bird-strike-000001", "bird-strike", 1, RunStatus.Failed, [], null, Start, Start.AddSeconds(1),
            [new StageRecord("ingest", StageStatus.Failed, Start, Start.AddSeconds(1))],
            Failure: new Failure("dataset-unreadable", "strikes.csv, line 4711: 13 cells where the header has 15. Mend the line or allow bad rows with data.maxBadRows.", false)),
        RunDetails.Empty, []);

    public static RunReportInput RegressionRun() => Run() with
    {
        Details = RunDetails.Empty with
        {
            Evaluation = new EvaluationReport
            {
                Task = TaskKind.Regression,
                Metric = "rmse",
                Classes = [],
                Rows = 300,
                Metrics = new Dictionary<string, double> { ["rmse"] = 2.13, ["mae"] = 1.52, ["r2"] = 0.56 },
                Intervals = new Dictionary<string, MetricInterval> { ["rmse"] = new(1.98, 2.30) },
                BaselineMetrics = new Dictionary<string, double> { ["rmse"] = 3.21, ["mae"] = 2.40, ["r2"] = 0 },
                Residuals = [.. Enumerable.Range(0, 300).Select(i => new CurvePoint(5 + (i % 17), 5 + (i % 17) + (4 * Math.Sin(i * 1.7) * Math.Cos(i * 0.37))))],
                Importance = [new Importance("Shell weight", 0.71), new Importance("Height", 0.18), new Importance("Sex", 0.11)],
                Gates = [new GateResult("floor", false, "RMSE 2.13 is worse than the floor 2.00 on 300 test rows.")],
            },
        },
    };

    public static MonitorReportInput Monitor(string column = "Aircraft Airline Operator") => new(
        Pass(26, 2, Start.AddDays(780), 0.741, false, column), [.. Enumerable.Range(4, 22).Select(Earlier)], Versions(),
        [
            new Alert("bird-strike-drift-2", "bird-strike", AlertKind.Drift, 2, $"{column} has drifted: PSI 0.33 (threshold 0.25), p < 0.001, over 1,009 rows.", Start.AddDays(780), "bird-strike-000026"),
            new Alert("bird-strike-drift-1", "bird-strike", AlertKind.Drift, 1, "Aircraft Make Model has drifted: PSI 0.34 (threshold 0.25), p < 0.001, over 836 rows.",
                Start.AddDays(240), "bird-strike-000008", Start.AddDays(300), "Version 2 became champion; its baseline is newer."),
        ]);

    public static MonitorReportInput FirstMonitor() => new(
        new MonitorReport("bird-strike-000001", "bird-strike", 1, 1, Start, Start.AddDays(-365), Start, 42, 0, false, [], null, [],
            "No retraining: 42 predictions in the window, 300 are needed before anything is judged."), [], [], []);

    private static MonitorReport Earlier(int pass) => Pass(pass, pass < 12 ? 1 : 2, Start.AddDays(pass * 30),
        0.77 - (pass < 12 ? 0.006 * pass : 0.003 * (pass - 12)) + (0.01 * Math.Sin(pass)), pass is 10 or 11, "Aircraft Airline Operator");

    private static MonitorReport Pass(int number, int version, DateTimeOffset at, double value, bool dropped, string column) => new(
        $"bird-strike-{number:000000}", "bird-strike", number, version, at, at.AddDays(-365), at, 1009, 874, true,
        [
            Drift("Wildlife Size", 0.02, 0.31, false, ["Small", "Medium", "Large"], [1571, 1401, 238], [505, 430, 74]),
            Drift(column, 0.33, 0.0000001, true,
                ["AMERICAN AIRLINES", "US AIRWAYS*", "DELTA AIR LINES", "SOUTHWEST AIRLINES", "MILITARY", "UNITED AIRLINES", "AMERICAN EAGLE AIRLINES", "NORTHWEST AIRLINES", "AMERICA WEST AIRLINES",
                    "BUSINESS", "TRANS WORLD AIRLINES", "CONTINENTAL AIRLINES", "ALASKA AIRLINES", "HAWAIIAN AIR", "FEDEX EXPRESS"],
                [600, 500, 420, 210, 480, 200, 60, 140, 80, 120, 90, 95, 40, 30, 90, 55], [248, 64, 61, 152, 30, 55, 102, 41, 30, 40, 20, 30, 30, 10, 60, 36]),
            new DriftResult("Speed IAS in knots", 0.14, 0.12, 0.004, false,
                new ColumnProfile("Speed IAS in knots", ColumnType.Numeric, [90, 110, 120, 130, 140, 150, 170, 200, 240], null, [220, 260, 250, 310, 330, 240, 260, 230, 160, 150], 800, 146.2, 51.1, 98),
                new ColumnProfile("Speed IAS in knots", ColumnType.Numeric, [90, 110, 120, 130, 140, 150, 170, 200, 240], null, [50, 61, 80, 95, 140, 84, 81, 73, 60, 55], 230, 149.9, 50.2, 71)),
            new DriftResult("(prediction)", 0.05, 0.08, 0.21, false,
                new ColumnProfile("(prediction)", ColumnType.Numeric, [0.02, 0.04, 0.06, 0.1, 0.2, 0.4], null, [100, 120, 140, 130, 110, 60, 28], 0, 0.11, 0.12),
                new ColumnProfile("(prediction)", ColumnType.Numeric, [0.02, 0.04, 0.06, 0.1, 0.2, 0.4], null, [140, 160, 200, 201, 150, 100, 58], 0, 0.12, 0.13)),
        ],
        new PerformanceResult("rocAuc", 874, version == 1 ? 0.764 : 0.772, value, new MetricInterval(value - 0.045, value + 0.045), dropped,
            new Dictionary<string, double> { ["rocAuc"] = value, ["logLoss"] = 0.291, ["brier"] = 0.083 }),
        ["bird-strike-drift-2"], $"A retraining was asked for: {column} has drifted (PSI 0.33 over 1,009 rows), and the last run is 482 days old.");

    private static DriftResult Drift(string column, double psi, double p, bool drifted, string[] levels, long[] then, long[] now) => new(column, psi, Math.Sqrt(psi) / 2, p, drifted,
        new ColumnProfile(column, ColumnType.Categorical, null, levels, then, 0, Distinct: 46), new ColumnProfile(column, ColumnType.Categorical, null, levels, now, 0, Distinct: 41));

    private static List<StageRecord> Stages()
    {
        (string Name, double Seconds, string Summary)[] stages =
        [
            ("ingest", 0.21, "4,586 rows, 15 columns, 0 bad rows"), ("validate", 0.04, "no expectation broken"), ("profile", 0.18, "15 columns; 1 leak"),
            ("split", 0.02, "3,210 train, 688 validation, 688 test rows, by time"), ("search", 6.4, "9 trials; boosted-trees wins with 0.781"), ("fit", 0.9, "fitted on 3,898 rows"),
            ("evaluate", 1.2, "ROC AUC 0.772 on 688 test rows"), ("gate", 0.05, "4 of 4 gates passed"), ("package", 0.3, "6 files, 184 KB"), ("register", 0.1, "version 2"),
        ];
        var at = Start;
        var records = new List<StageRecord>();
        foreach (var (name, seconds, summary) in stages)
        {
            records.Add(new StageRecord(name, StageStatus.Done, at, at.AddSeconds(seconds), name == "split", summary));
            at = at.AddSeconds(seconds);
        }

        return records;
    }

    private static List<DataFinding> Findings(string column) =>
    [
        new("inferred", null, "Task binary from label 'damaged' with the classes false (4,096) and true (490); positive is true."),
        new("known-later", "Cost Total $", "Declared in data.knownLater: it exists only after the event, so it is no feature."),
        new("leak", "Effect Amount of damage", "On held-out rows it alone predicts 'damaged' with ROC AUC 1.000 (limit 0.98): 'None' is always false, every other value always true. It was dropped."),
        new("text", column, "37 levels, none of them rare."),
    ];

    private static List<ColumnProfile> Profiles(string column) =>
    [
        new(column, ColumnType.Categorical, null, ["Unknown bird - small", "Unknown bird - medium", "Unknown bird or bat"], [1500, 1420, 300, 1366], 0, Distinct: 37),
        new("Speed IAS in knots", ColumnType.Numeric, [90, 110, 120, 130, 140, 150, 170, 200, 240], null, [220, 260, 250, 310, 330, 240, 260, 230, 160, 150], 1176, 146.2, 51.1, 98),
        new("Flight Date", ColumnType.Timestamp, [new DateTime(1992, 1, 1).Ticks, new DateTime(1994, 1, 1).Ticks, new DateTime(1996, 1, 1).Ticks], null, [1034, 1334, 1380, 838], 0, Distinct: 1700),
        new("Remarks", ColumnType.Text, null, null, [], 12, Distinct: 4000),
    ];

    private static List<TrialRecord> Trials() =>
    [
        new(0, "baseline", new Dictionary<string, double>(), "rocAuc", 0.5, "class frequencies", 0.01),
        new(1, "linear", new Dictionary<string, double> { ["l2"] = 1, ["history"] = 1 }, "rocAuc", 0.752, null, 0.4),
        new(2, "boosted-trees", new Dictionary<string, double> { ["learningRate"] = 0.1, ["leaves"] = 31, ["history"] = 1 }, "rocAuc", 0.766, "140 rounds", 0.9),
        new(3, "linear", new Dictionary<string, double> { ["l2"] = 0.00001, ["history"] = 0.5 }, "rocAuc", 0.743, null, 0.2),
        new(4, "boosted-trees", new Dictionary<string, double> { ["learningRate"] = 0.05, ["leaves"] = 15, ["history"] = 1 }, "rocAuc", 0.781, "220 rounds", 1.3),
        new(5, "boosted-trees", new Dictionary<string, double> { ["learningRate"] = 0.2, ["leaves"] = 63, ["history"] = 0.5 }, "rocAuc", 0.749, "41 rounds", 0.8),
        new(6, "linear", new Dictionary<string, double> { ["l2"] = 10, ["history"] = 1 }, "rocAuc", null, "did not converge", 0.3),
    ];

    private static EvaluationReport Evaluation(string column) => new()
    {
        Task = TaskKind.Binary,
        Metric = "rocAuc",
        Classes = ["false", "true"],
        Rows = 688,
        TestPeriod = new TimeRange(Start.AddDays(-280), Start),
        Metrics = new Dictionary<string, double> { ["rocAuc"] = 0.772, ["prAuc"] = 0.36, ["logLoss"] = 0.288, ["brier"] = 0.081, ["accuracy"] = 0.871, ["f1"] = 0.38 },
        Intervals = new Dictionary<string, MetricInterval> { ["rocAuc"] = new(0.721, 0.818), ["logLoss"] = new(0.25, 0.33) },
        BaselineMetrics = new Dictionary<string, double> { ["rocAuc"] = 0.5, ["prAuc"] = 0.11, ["logLoss"] = 0.347, ["brier"] = 0.098, ["accuracy"] = 0.889, ["f1"] = 0 },
        Champion = new ChampionComparison(1, new Dictionary<string, double> { ["rocAuc"] = 0.751, ["logLoss"] = 0.297 }, 0.021, new MetricInterval(-0.004, 0.047), 0.94),
        Confusion = [[560, 52], [38, 38]],
        Roc = [.. Enumerable.Range(0, 101).Select(i => new CurvePoint(i / 100.0, Math.Pow(i / 100.0, 0.33)))],
        PrecisionRecall = [.. Enumerable.Range(0, 101).Select(i => new CurvePoint(i / 100.0, 0.11 + (0.8 * Math.Pow(1 - (i / 100.0), 2.2))))],
        Calibration = [new(0.02, 0.015, 150), new(0.05, 0.06, 180), new(0.09, 0.08, 140), new(0.16, 0.19, 110), new(0.31, 0.27, 70), new(0.52, 0.58, 38)],
        Calibrated = new CalibrationReport(
            new FittedCalibration("platt", "On 688 validation rows, each held out once, platt makes the log loss 0.291 instead of 0.302.", [new("none", 0.302, 0.084), new("platt", 0.291, 0.082)], 0.8, -0.1),
            new Dictionary<string, double> { ["calibrationError"] = 0.034, ["logLoss"] = 0.297, ["brier"] = 0.083 },
            [new(0.03, 0.015, 120), new(0.08, 0.05, 190), new(0.15, 0.09, 150), new(0.26, 0.18, 120), new(0.44, 0.30, 70), new(0.7, 0.55, 38)]),
        Inspection = new Inspection(688, 3, "rocAuc", 14,
            [new(column, 0.061, 0.004), new("Speed IAS in knots", 0.022, 0.003), new("Flight Date", 0.008, 0.002), new("Wildlife Size", 0.004, 0.001), new("Time of day", -0.001, 0.001)],
            [
                new ColumnDependence(column, ColumnType.Categorical, 300, [new("Unknown bird - small", [0.05]), new("Unknown bird - medium", [0.11]), new("Goose & <others>", [0.38])]),
                new ColumnDependence("Speed IAS in knots", ColumnType.Numeric, 300, [new("80", [0.08]), new("120", [0.09]), new("140", [0.12]), new("180", [0.19]), new("240", [0.22])]),
                new ColumnDependence("Flight Date", ColumnType.Timestamp, 300, [new("1990-01-02T00:00:00Z", [0.1]), new("1994-06-01T12:30:00Z", [0.12]), new("1997-12-31T00:00:00Z", [0.11])]),
            ], 0.112),
        Importance = [new(column, 0.31), new("Wildlife Size", 0.22), new("Speed IAS in knots", 0.14), new("Aircraft Make Model", 0.12), new("Phase of flight", 0.09), new("Flight Date", 0.05), new("Airport Name", 0.04), new("Time of day", 0.03)],
        Gates =
        [
            new GateResult("floor", true, "ROC AUC 0.772 is at least the floor 0.650 on 688 test rows."),
            new GateResult("better-than-baseline", true, "ROC AUC 0.772 against 0.500 of the baseline on the same rows."),
            new GateResult("better-than-champion", true, "Better than version 1 by 0.021 (95 % interval -0.004 to 0.047)."),
            new GateResult("leakage", true, "Effect Amount of damage was dropped; no other feature predicts nearly alone (highest: Wildlife Size, 0.701)."),
        ],
    };

    private static List<ModelVersion> Versions() =>
    [
        new("bird-strike", 1, "run-bird-strike-000001", ContentHash.Of("1"u8), Start.AddDays(-400), VersionState.Retired, "Version 2 won its rollout."),
        new("bird-strike", 2, "run-bird-strike-000003", ContentHash.Of("2"u8), Start, VersionState.Champion, "Won in shadow over 214 labelled pairs."),
        new("bird-strike", 3, "run-bird-strike-000004", ContentHash.Of("3"u8), Start.AddDays(300), VersionState.Rejected, "Lost in shadow over 180 labelled pairs."),
        new("bird-strike", 4, "run-bird-strike-000005", ContentHash.Of("4"u8), Start.AddDays(700), VersionState.Challenger, "In shadow."),
    ];
}
