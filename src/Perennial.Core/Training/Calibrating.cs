using Perennial.Core.Evaluation;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Calibration;
using Perennial.Learning.Frames;
using Perennial.Learning.Splitting;

namespace Perennial.Core.Training;

/// <summary>
/// Calibrates the winner. The correction is fitted on what the winner's trial, trained without the validation rows (fold by fold where there
/// are folds), says of them, and is written into the graph that was fitted on all: as in cross-validated calibration, the two are taken to err alike. Test rows have no part.
/// </summary>
internal static class Calibrating
{
    /// <summary>The calibrated graph, null where it stays as it is, and what to tell; null where the spec asks for no calibration.</summary>
    public static (byte[]? Onnx, FittedCalibration Calibration)? Winner(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, IReadOnlyList<Fold> folds, TrialPlan winner, TrainSpec train, byte[] onnx, CancellationToken cancellationToken)
    {
        if (train.Calibrate == CalibrationMethod.None || plan.Task == TaskKind.Regression) return null;
        if (ModelFitting.OnValidation(trainer, runtime, frame, plan, folds, winner, train.Seed, cancellationToken) is not var (labels, weights, scores))
            return (null, new FittedCalibration("none", "There are no validation rows to fit it on.", []));
        var fit = CalibrationFitting.Fit(train.Calibrate, plan.Task, labels, scores, weights);
        if (fit.Calibrator is null) return (null, FittedCalibration.Of(fit));
        try
        {
            return (CalibratedGraph.Apply(onnx, fit.Calibrator), FittedCalibration.Of(fit));
        }
        catch (NotCalibratableException exception)
        {
            return (null, new FittedCalibration("none", $"The graph of {winner.Trainer} cannot be calibrated: {exception.Message}", fit.Tried));
        }
    }
}
